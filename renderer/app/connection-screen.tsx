/** What fills the window while there is no host: starting, not reachable, token refused, other version. */

import { useState } from 'react';
import { type ConnectionState, useConnection } from '../connection/index.ts';
import { Button, CopyButton, ProgressBar, prose, TextField } from '../design/index.ts';
import styles from './connection-screen.module.css';
import { Mark } from './mark.tsx';
import { tokenIn } from './token-in.ts';
import { useSecondsUntil } from './use-seconds-until.ts';
import { windowLog } from './window-log.ts';

interface Words {
  readonly title: string;
  readonly text: string;
}

function wordsFor(state: ConnectionState): Words {
  switch (state.phase) {
    case 'connecting':
    case 'ready':
      return {
        title: 'Connecting to the host',
        text: 'The host is the process that converts; it may need a moment to start.',
      };
    case 'reconnecting':
      return {
        title: 'The host does not answer',
        text: 'Check that `engineroom serve` still runs and that the network reaches it. Runs on the host go on meanwhile.',
      };
    case 'refused':
      return { title: 'The host did not let this page in', text: state.remedy };
    case 'other-version':
      return { title: 'Host and window are of different versions', text: `${state.message} ${state.remedy}` };
    case 'failed':
      return { title: state.message, text: state.remedy };
  }
}

export function ConnectionScreen() {
  const { state, retryNow } = useConnection();
  const { title, text } = wordsFor(state);
  const waiting = state.phase === 'connecting' || state.phase === 'ready';
  return (
    <main className={styles.screen}>
      <div className={styles.card} role={waiting ? 'status' : 'alert'}>
        <Mark size={36} />
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.text}>{prose(text)}</p>
        {waiting && (
          <div className={styles.progress}>
            <ProgressBar label="Connecting" value={null} />
          </div>
        )}
        {state.phase === 'reconnecting' && <Retry retryAt={state.retryAt} onRetry={retryNow} />}
        {state.phase === 'refused' && <TokenForm />}
        {(state.phase === 'other-version' || state.phase === 'failed') && (
          <div className={styles.actions}>
            <Button variant="primary" onClick={() => window.location.reload()}>
              Try again
            </Button>
            <CopyButton size="medium" label="Copy the log" text={() => windowLog(null)} />
          </div>
        )}
      </div>
    </main>
  );
}

function Retry({ retryAt, onRetry }: { readonly retryAt: number; readonly onRetry: () => void }) {
  const seconds = useSecondsUntil(retryAt);
  return (
    <div className={styles.actions}>
      <Button variant="primary" onClick={onRetry}>
        Try now
      </Button>
      <span className={styles.note}>{seconds > 0 ? `Next try in ${seconds} s` : 'Trying…'}</span>
    </div>
  );
}

function TokenForm() {
  const [text, setText] = useState('');
  const token = tokenIn(text);
  const enter = () => {
    if (token === null) return;
    window.location.href = `${window.location.pathname}?token=${encodeURIComponent(token)}${window.location.hash}`;
  };
  return (
    <form
      className={styles.token}
      onSubmit={(event) => {
        event.preventDefault();
        enter();
      }}
    >
      <TextField
        label="Address or token that the host printed"
        value={text}
        onChange={setText}
        onEnter={enter}
        mono
        error={
          text.trim() !== '' && token === null
            ? 'This holds no token: copy the whole line that starts with http.'
            : null
        }
        action={
          <Button variant="primary" disabled={token === null} onClick={enter}>
            Enter
          </Button>
        }
      />
    </form>
  );
}
