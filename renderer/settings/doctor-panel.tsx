/** What works on the host and what is missing, with remedies. */

import { useEffect } from 'react';
import { useHost } from '../connection/index.ts';
import { Button, CopyButton, Notice, Panel, SeverityIcon, Skeleton } from '../design/index.ts';
import { type Check, checksAsText, useDoctor } from './doctor-store.ts';
import styles from './settings.module.css';

const stateWords: Readonly<Record<Check['state'], string>> = {
  ok: 'works',
  warning: 'works, with limits',
  missing: 'missing',
};

function CheckRow({ check }: { readonly check: Check }) {
  const severity = check.state === 'ok' ? 'ok' : check.state === 'warning' ? 'warning' : 'error';
  return (
    <li className={styles.check}>
      <span className={styles[check.state]}>
        <SeverityIcon severity={severity} />
      </span>
      <div>
        <div>
          <strong className={styles.checkName}>{check.name}</strong>
          <span className={styles.unseen}> {stateWords[check.state]}: </span>
          <span className={styles.detail}>{check.detail}</span>
        </div>
        {check.remedy !== null && <div className={styles.soft}>{check.remedy}</div>}
      </div>
    </li>
  );
}

export function DoctorPanel() {
  const { client, session } = useHost();
  const { checks, failure, asking, ask } = useDoctor();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a host that was started anew is asked again
  useEffect(() => void ask(client), [client, session, ask]);
  return (
    <Panel
      title="What works there"
      description={
        <>
          The same lines as <code>engineroom doctor</code>.
        </>
      }
      actions={
        <>
          {checks !== null && <CopyButton label="Copy" text={() => checksAsText(checks)} />}
          <Button size="small" busy={asking} onClick={() => void ask(client)}>
            Check again
          </Button>
        </>
      }
    >
      {failure !== null && (
        <Notice severity="error" title={failure.message} live>
          {failure.remedy}
        </Notice>
      )}
      {checks === null ? (
        failure === null && (
          <div aria-busy="true" role="status" aria-label="Checking the host">
            <Skeleton lines={5} height="1.1rem" />
          </div>
        )
      ) : (
        <ul className={styles.checks}>
          {checks.map((check) => (
            <CheckRow key={check.name} check={check} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
