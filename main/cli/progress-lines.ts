/** Shows the events of a run to a person: a bar that redraws itself on a terminal, plain lines anywhere else. */

import type { RunEvent } from '../../core/conversion/events.ts';
import { formatSeconds } from '../../core/conversion/report-html/figures.ts';

/** What is needed of standard error. */
export interface TextSink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressLines {
  show(event: RunEvent): void;
  /** Takes the bar away, so that other lines can follow. */
  clear(): void;
}

const barWidth = 24;
const redrawMs = 80;
const plainEveryMs = 10_000;

/** `[======      ]` with eighths would be prettier and break in half of all terminals. */
export function drawBar(value: number, width = barWidth): string {
  const full = Math.round(Math.min(1, Math.max(0, value)) * width);
  return `[${'='.repeat(full)}${' '.repeat(width - full)}]`;
}

/** `about 34 s left`, rounded so that it does not flicker. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0.5) return '';
  const step = seconds < 20 ? 1 : 5;
  const rounded = Math.max(1, Math.round(seconds / step) * step);
  return rounded < 90 ? `about ${rounded} s left` : `about ${Math.round(rounded / 60)} min left`;
}

function barLines(sink: TextSink, now: () => number): ProgressLines {
  let drawn = false;
  let lastDrawn = Number.NEGATIVE_INFINITY;
  let title = '';
  const clear = () => {
    if (drawn) sink.write('\r\x1b[2K');
    drawn = false;
  };
  return {
    clear,
    show(event) {
      switch (event.type) {
        case 'step-started':
          title = event.title;
          break;
        case 'progress': {
          if (now() - lastDrawn < redrawMs) return;
          lastDrawn = now();
          const percent = `${Math.floor(event.value * 100)} %`.padStart(5);
          const detail = event.description === title ? '' : event.description;
          const parts = [title, detail, timeLeft(event.secondsLeft)].filter((part) => part !== '');
          const line = `${drawBar(event.value)} ${percent}  ${parts.join(', ')}`;
          // One column is left free: a full line would wrap in some terminals.
          sink.write(`\r\x1b[2K${line.slice(0, Math.max(10, (sink.columns ?? 80) - 1))}`);
          drawn = true;
          break;
        }
        case 'step-finished':
          clear();
          sink.write(`${title.padEnd(48)} ${formatSeconds(event.seconds).padStart(8)}\n`);
          break;
        default:
      }
    },
  };
}

function plainLines(sink: TextSink, now: () => number): ProgressLines {
  let title = '';
  let lastLine = 0;
  return {
    clear: () => {},
    show(event) {
      switch (event.type) {
        case 'step-started':
          title = event.title;
          lastLine = now();
          sink.write(`${title}\n`);
          break;
        case 'progress':
          if (now() - lastLine < plainEveryMs) return;
          lastLine = now();
          sink.write(
            `  ${Math.floor(event.value * 100)} %: ${[event.description, timeLeft(event.secondsLeft)].filter(Boolean).join(', ')}\n`,
          );
          break;
        case 'step-finished':
          sink.write(`  done in ${formatSeconds(event.seconds)}\n`);
          break;
        default:
      }
    },
  };
}

/** @param now milliseconds of a steady clock */
export function showProgress(sink: TextSink, now: () => number = () => performance.now()): ProgressLines {
  return sink.isTTY ? barLines(sink, now) : plainLines(sink, now);
}
