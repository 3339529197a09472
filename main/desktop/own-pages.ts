/** Which addresses are ours: the pages of `app://engineroom`, what they may load, and which file an address means. */

import { extname, isAbsolute, join, relative } from 'node:path';

export const appScheme = 'app';
export const appOrigin = `${appScheme}://engineroom`;
export const appPage = `${appOrigin}/index.html`;

/** Prefix of the pictures and downloads of a remote host, which main fetches with the token that only it knows. */
export const remoteFilesPath = '/files/';

/** True for a page of ours. Compared as text: old versions of Node give custom schemes an opaque origin. */
export function isOwnPage(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`);
}

/**
 * No script but ours and no `eval`; pictures and downloads from the host on this machine, whose port is not known
 * beforehand. Inline styles are allowed because the charts and pop-ups place themselves with style attributes.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob: http://127.0.0.1:*",
  "connect-src 'self' http://127.0.0.1:*",
  "worker-src 'self'",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
};

export function contentTypeOf(path: string): string {
  return contentTypes[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

/** Path, decoded, and query of an address of ours; undefined when it is not ours or not well formed. */
export function ownPath(url: string): { path: string; query: string } | undefined {
  if (!isOwnPage(url)) return undefined;
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(url.slice(appOrigin.length)) ?? [];
  try {
    return { path: decodeURIComponent(path), query };
  } catch {
    return undefined;
  }
}

/**
 * The file below `folder` that an address of ours means; undefined for other origins, for anything that leads out of
 * the folder, and for names that the file systems of Windows read differently.
 */
export function fileOfPage(url: string, folder: string): string | undefined {
  const own = ownPath(url);
  if (!own) return undefined;
  const { path } = own;
  if (path.includes('\\') || path.includes('\0') || path.includes(':')) return undefined;
  const file = join(folder, path === '' || path === '/' ? 'index.html' : path);
  const inside = relative(folder, file);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) return undefined;
  return file;
}
