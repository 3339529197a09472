/** Figures as text, with their unit, to three significant digits, so that columns of them can be compared. */

const nothing = '–';

function significant(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return value.toFixed(0);
  if (magnitude >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/** Bytes in decimal units, as file managers show them: `6.24 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return nothing;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${Math.round(value)} B` : `${significant(value)} ${units[unit]}`;
}

/** Milliseconds to three digits: `8.31 ms`; a second and more as seconds. */
export function formatMs(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return nothing;
  if (Math.abs(ms) >= 10_000) return `${significant(ms / 1000)} s`;
  if (ms !== 0 && Math.abs(ms) < 0.01) return `${(ms * 1000).toFixed(1)} µs`;
  return `${significant(ms)} ms`;
}

const counts = new Intl.NumberFormat('en');

/** A whole number with thousands separated: `12,480`. */
export function formatCount(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return nothing;
  return counts.format(Math.round(count));
}

/** A large count in words short enough for a figure: `3.21 M`. */
export function formatLargeCount(count: number): string {
  if (count >= 999_500_000) return `${significant(count / 1e9)} G`;
  if (count >= 999_500) return `${significant(count / 1e6)} M`;
  if (count >= 9_950) return `${significant(count / 1e3)} k`;
  return formatCount(count);
}

/** A share from 0 to 1 as per cent: `97.4 %`; never 100 % or 0 % by rounding alone. */
export function formatShare(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return nothing;
  const percent = share * 100;
  if (percent > 99.9 && percent < 100) return '> 99.9 %';
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  if (percent === 0 || percent === 100) return `${percent} %`;
  return `${percent.toFixed(1)} %`;
}

/** A difference of two shares in points, always signed: `−0.4 points`; within 0.05 points: `no change`. */
export function formatPoints(difference: number | null): string {
  if (difference === null || !Number.isFinite(difference)) return nothing;
  const points = difference * 100;
  if (Math.abs(points) < 0.05) return 'no change';
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)} points`;
}

/** A span of time to two units: `48 s`, `3 min 20 s`, `1 h 5 min`. */
export function formatDuration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return nothing;
  if (seconds < 1) return seconds <= 0 ? '0 s' : `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
  }
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** How long ago a moment was, in one unit, given the present in milliseconds: `5 minutes ago`. */
export function formatAgo(moment: string, now: number): string {
  const seconds = (now - Date.parse(moment)) / 1000;
  if (!Number.isFinite(seconds)) return nothing;
  if (seconds < 60) return 'just now';
  const [value, unit] =
    seconds < 3600
      ? [seconds / 60, 'minute']
      : seconds < 86_400
        ? [seconds / 3600, 'hour']
        : [seconds / 86_400, 'day'];
  const whole = Math.floor(value);
  if (unit === 'day' && whole > 30) return new Date(moment).toISOString().slice(0, 10);
  return `${whole} ${unit}${whole === 1 ? '' : 's'} ago`;
}
