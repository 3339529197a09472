/** Who the host is and where it keeps things. */

import type { ReactNode } from 'react';
import { desktopBridge } from '../app/bridge.ts';
import { useHost } from '../connection/index.ts';
import { formatBytes } from '../design/format.ts';
import { Button, CopyButton, Panel } from '../design/index.ts';
import styles from './settings.module.css';

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function HostPanel() {
  const { info, local, state } = useHost();
  const bridge = local ? desktopBridge() : null;
  return (
    <Panel title="Host" description="The process that converts. This window only shows what it does.">
      <dl className={styles.facts}>
        <Fact name="Name">
          {info.hostName}
          <span className={styles.soft}>
            {local ? ', this machine' : ''}
            {state.phase === 'ready' ? '' : ', not reachable at present'}
          </span>
        </Fact>
        <Fact name="Version">
          Engine Room {info.version}{' '}
          <span className={styles.soft}>
            on Node {info.node}, {info.platform}
          </span>
        </Fact>
        <Fact name="Output folder">
          <span className={styles.path}>
            <code>{info.outputFolder}</code>
            <CopyButton text={info.outputFolder} label="Copy the path" iconOnly />
            {bridge !== null && (
              <Button size="small" onClick={() => void bridge.revealInFolder(info.outputFolder)}>
                Show
              </Button>
            )}
          </span>
        </Fact>
        <Fact name="Readable folders">
          {info.roots.length === 0 ? (
            'everything that you can read'
          ) : (
            <ul className={styles.roots}>
              {info.roots.map((root) => (
                <li key={root}>
                  <code>{root}</code>
                </li>
              ))}
            </ul>
          )}
        </Fact>
        {!local && <Fact name="Largest upload">{formatBytes(info.uploadLimitBytes)}</Fact>}
      </dl>
    </Panel>
  );
}
