/** The last things that happened in this window, for the user to copy when something breaks. */

const longest = 200;
const lines: string[] = [];

export function logLine(text: string): void {
  lines.push(`${new Date().toISOString()} ${text}`);
  if (lines.length > longest) lines.splice(0, lines.length - longest);
}

/** Everything that was logged, with what tells this window from others. Holds no pictures and no tokens. */
export function windowLog(version: string | null): string {
  const about = [
    `Engine Room ${version ?? '(no host)'}`,
    typeof navigator === 'undefined' ? '' : navigator.userAgent,
    typeof window === 'undefined' ? '' : window.location.hash,
  ];
  return [...about, '', ...lines].join('\n').replace(/token=[^&\s"']+/g, 'token=…');
}

function describe(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.stack ?? `${thrown.name}: ${thrown.message}`;
  return String(thrown);
}

/** Errors that nobody caught go into the log. */
export function logUncaughtErrors(): void {
  window.addEventListener('error', (event) => logLine(`error: ${describe(event.error ?? event.message)}`));
  window.addEventListener('unhandledrejection', (event) => logLine(`unhandled: ${describe(event.reason)}`));
}

export function logError(thrown: unknown, where: string): void {
  logLine(`${where}: ${describe(thrown)}`);
}
