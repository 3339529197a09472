/** Everything that `engineroom` says: JSON events on standard output, or words on standard error. */

import type { Failure } from '../../core/base/failure.ts';
import type { RunEvent } from '../../core/conversion/events.ts';
import type { Note } from '../../core/conversion/report.ts';
import { precisionLabels } from '../../core/conversion/report-html/figures.ts';
import type { Precision } from '../../core/targets/target.ts';
import { showProgress, type TextSink } from './progress-lines.ts';

export interface Streams {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}

export interface Output {
  event(event: RunEvent): void;
  note(note: Note): void;
  /**
   * The outcome of a command: the last object with `--json`, the lines for people otherwise.
   * @param verdict why the outcome is a failure all the same; people read it last
   */
  report(
    document: { readonly command: string; readonly [field: string]: unknown },
    lines: readonly string[],
    verdict?: Failure | null,
  ): void;
  /** @param details shown with --verbose: where the failure was thrown. */
  failure(failure: Failure, details: string | undefined): void;
}

function jsonOutput({ stdout, stderr }: Streams, verbose: boolean): Output {
  const write = (object: object) => stdout.write(`${JSON.stringify(object)}\n`);
  const writeError = ({ code, message, remedy }: Failure) => write({ type: 'error', code, message, remedy });
  return {
    event: write,
    note: (note) => write({ type: 'note', precision: null, note }),
    report(document, _lines, verdict) {
      if (verdict) writeError(verdict);
      write({ type: 'report', ...document });
    },
    failure(failure, details) {
      writeError(failure);
      if (verbose && details) stderr.write(`${details}\n`);
    },
  };
}

const severityWords = { info: 'note', warning: 'warning', error: 'error' } as const;

function textOutput({ stderr }: Streams, verbose: boolean): Output {
  const progress = showProgress(stderr);
  const lines = (text: readonly string[]) => {
    progress.clear();
    stderr.write(`${text.join('\n')}\n`);
  };
  const note = ({ severity, message, tip }: Note, precision: Precision | null = null) => {
    const about = precision === null ? '' : `, ${precisionLabels[precision]}`;
    lines([`${severityWords[severity]}${about}: ${message}${tip ? ` ${tip}` : ''}`]);
  };
  return {
    event(event) {
      if (event.type === 'note') note(event.note, event.precision);
      else progress.show(event);
    },
    note: (remark) => note(remark),
    report(_document, text, verdict) {
      lines(verdict ? [...text, '', verdict.message, verdict.remedy] : text);
    },
    failure({ message, remedy }, details) {
      lines([message, remedy, ...(verbose && details ? ['', details] : [])]);
    },
  };
}

export function createOutput(
  streams: Streams,
  options: { readonly json: boolean; readonly verbose: boolean },
): Output {
  return options.json ? jsonOutput(streams, options.verbose) : textOutput(streams, options.verbose);
}
