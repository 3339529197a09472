/** One engine: figures, whether its files are as built, and its manifest to read. */

import { formatBytes, formatMs } from '../design/format.ts';
import { Button, CopyButton, Dialog, Figure, Notice, PrecisionTag, Tag } from '../design/index.ts';
import { type Engine, fileName, isUnusable, verificationInWords } from './engine-rows.ts';
import styles from './engines-place.module.css';
import type { Verifying } from './engines-store.ts';
import { fieldName, manifestGroups } from './manifest-rows.ts';
import { type EngineActions, engineTitle } from './use-engine-actions.ts';

interface EngineDialogProps {
  readonly engine: Engine;
  readonly verifying: Verifying | undefined;
  readonly actions: EngineActions;
  /** The dialog itself shows what is found. */
  readonly onVerify: () => void;
  readonly onClose: () => void;
}

export function EngineDialog({ engine, verifying, actions, onVerify, onClose }: EngineDialogProps) {
  const busy = verifying?.state === 'busy';
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      width="wide"
      title={engineTitle(engine)}
      description={engine.path}
      footer={
        <>
          <Button busy={busy} onClick={onVerify}>
            Verify
          </Button>
          {actions.reveal === null && (
            <Button disabled={!engine.present} onClick={() => void actions.download(engine)}>
              Download its files
            </Button>
          )}
          <Button variant="primary" disabled={!engine.present} onClick={() => void actions.exportTo(engine)}>
            Export to a folder…
          </Button>
        </>
      }
    >
      <div className={styles.dialog}>
        <div className={styles.figures}>
          <Figure
            label="Precision"
            value={<PrecisionTag precision={engine.precision} />}
            note={engine.target}
          />
          <Figure label="Size" value={formatBytes(engine.bytes)} />
          <Figure label="Latency p50" value={formatMs(engine.p50Ms)} />
          <Figure label="mAP50-95" value={engine.map5095?.toFixed(4) ?? '\u2013'} />
          <Figure
            label="Built"
            value={new Date(engine.builtAt).toLocaleString('en-GB', {
              day: 'numeric',
              month: 'short',
              hour: '2-digit',
              minute: '2-digit',
            })}
          />
        </div>
        {isUnusable(engine) && (
          <Notice severity="error" title="Do not use this engine.">
            {engine.manifest?.status === 'non-finite'
              ? 'Its outputs hold NaN or infinite values.'
              : 'It has lost most of the boxes that FP32 finds.'}{' '}
            See its comparison for the images.
          </Notice>
        )}
        <Verified engine={engine} verifying={verifying} />
        <Manifest engine={engine} />
      </div>
    </Dialog>
  );
}

const stateWords = { same: 'as built', changed: 'changed', missing: 'missing' } as const;

function Verified({ engine, verifying }: Pick<EngineDialogProps, 'engine' | 'verifying'>) {
  if (!engine.present) {
    return (
      <Notice severity="error" title={`${fileName(engine.path)} is no longer where it was built.`}>
        Build it again, or put the file back.
      </Notice>
    );
  }
  if (verifying === undefined || verifying.state === 'busy') return null;
  if (verifying.state === 'failed') {
    return (
      <Notice severity="error" title={verifying.failure.message} live>
        {verifying.failure.remedy}
      </Notice>
    );
  }
  const { whole, files } = verifying.found;
  return (
    <Notice severity={whole ? 'ok' : 'error'} title={verificationInWords(verifying.found)} live>
      {!whole &&
        'Do not load it: an engine is code. Build it again, or restore it from a copy that you trust.'}
      <ul className={styles.files}>
        {files.map(({ file, state }) => (
          <li key={file}>
            <span>{fileName(file)}</span>
            <Tag tone={state === 'same' ? 'ok' : 'error'}>{stateWords[state]}</Tag>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Manifest({ engine }: { readonly engine: Engine }) {
  if (engine.manifest === null) {
    return (
      <Notice severity="warning" title="Its manifest is missing.">
        Without it nobody can say what this engine was built from. Build it again to have one.
      </Notice>
    );
  }
  const { manifest } = engine;
  return (
    <section aria-label="Manifest">
      <div className={styles.manifestHead}>
        <h3>Manifest</h3>
        <CopyButton label="Copy as JSON" text={() => JSON.stringify(manifest, null, 2)} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={styles.groups} tabIndex={0} aria-label="Fields of the manifest">
        {manifestGroups(manifest).map(({ name, rows }) => (
          <div key={name} className={styles.group}>
            <h3>{fieldName(name)}</h3>
            <dl>
              {rows.map(({ path, value }) => (
                <div key={path}>
                  <dt>{path === '' ? fieldName(name) : fieldName(path)}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </section>
    </section>
  );
}
