/** A line below the top bar while the connection is away: runs go on, and the page catches up by itself. */

import { useConnection } from '../connection/index.ts';
import { WarningIcon } from '../design/icons.tsx';
import { Button } from '../design/index.ts';
import styles from './connection-banner.module.css';
import { useSecondsUntil } from './use-seconds-until.ts';

export function ConnectionBanner() {
  const { state, retryNow } = useConnection();
  const seconds = useSecondsUntil(state.phase === 'reconnecting' ? state.retryAt : 0);
  if (state.phase === 'ready') return null;
  return (
    <div className={styles.banner} role="status">
      <WarningIcon />
      <span>
        The connection to the host is interrupted. Runs go on; this window catches up when it is back.
        {seconds > 0 && <span aria-hidden="true"> Next try in {seconds} s.</span>}
      </span>
      <Button size="small" onClick={retryNow} disabled={state.phase === 'connecting'}>
        Try now
      </Button>
    </div>
  );
}
