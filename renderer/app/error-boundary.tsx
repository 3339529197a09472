/** What stands in place of a part of the window that broke: the sentence, a way on, and the log to copy. */

import { Component, type ReactNode } from 'react';
import { Button, CopyButton } from '../design/index.ts';
import styles from './error-boundary.module.css';
import { logError, windowLog } from './window-log.ts';

interface ErrorBoundaryProps {
  /** Names the part, for the sentence and the log: `Models`. */
  readonly part: string;
  /** Another value gives the part a new start, e.g. when the user goes elsewhere. */
  readonly resetKey?: string;
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: unknown;
  readonly broken: boolean;
  readonly resetKey: string | undefined;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null, broken: false, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<ErrorBoundaryState> {
    return { error, broken: true };
  }

  static getDerivedStateFromProps(
    props: ErrorBoundaryProps,
    state: ErrorBoundaryState,
  ): Partial<ErrorBoundaryState> | null {
    if (props.resetKey === state.resetKey) return null;
    return { error: null, broken: false, resetKey: props.resetKey };
  }

  override componentDidCatch(error: unknown): void {
    logError(error, this.props.part);
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    const { error } = this.state;
    return (
      <div className={styles.broken} role="alert">
        <h2>{this.props.part} could not be shown</h2>
        <p className={styles.sentence}>{error instanceof Error ? error.message : String(error)}</p>
        <p className={styles.remedy}>
          This is a mistake in Engine Room. Runs go on and nothing on disk is touched. Show it again; if it
          breaks again, copy the log and report it.
        </p>
        <div className={styles.actions}>
          <Button variant="primary" onClick={() => this.setState({ broken: false, error: null })}>
            Show it again
          </Button>
          <CopyButton size="medium" label="Copy the log" text={() => windowLog(null)} />
          <Button variant="quiet" onClick={() => window.location.reload()}>
            Reload the window
          </Button>
        </div>
      </div>
    );
  }
}
