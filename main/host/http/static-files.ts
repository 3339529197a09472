/** The window's own files: the built renderer, with headers under which nothing foreign runs in it. */

import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isBelow } from '../path-policy.ts';
import { answerBytes, answerFile, contentTypeOf, type Exchange } from './answers.ts';

/** The built renderer, seen from this file's place in the sources or in dist/. */
export function findRenderer(): string {
  const root = dirname(dirname(dirname(import.meta.dirname)));
  return root.endsWith('dist') ? join(root, 'renderer') : join(root, 'dist', 'renderer');
}

/**
 * @param host as the Host header names it, checked: browsers differ in whether 'self' covers ws:
 * @param nonce of this load: the window's dialogs add a style element of their own, and nothing else may
 */
export function contentSecurityPolicy(host: string, nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** The page itself, with a nonce of its own for this load; it must never come from a cache. */
async function answerIndex(exchange: Exchange, folder: string): Promise<boolean> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  if (page === null) return false;
  const nonce = randomBytes(16).toString('base64url');
  const meta = `<meta property="csp-nonce" nonce="${nonce}">`;
  answerBytes(exchange, 200, page.replace('<head>', `<head>\n    ${meta}`), {
    'content-type': contentTypeOf('index.html'),
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(exchange.request.headers.host ?? '', nonce),
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  });
  return true;
}

/** @returns false when there is no such file */
export async function answerStatic(exchange: Exchange, folder: string, path: string): Promise<boolean> {
  if (path === '/' || path === '/index.html') return answerIndex(exchange, folder);
  const [file, root] = await Promise.all([
    realpath(join(folder, path)).catch(() => null),
    realpath(folder).catch(() => null),
  ]);
  if (file === null || root === null || file === root || !isBelow(file, root)) return false;
  await answerFile(exchange, file, {
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store',
  });
  return true;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** A page with one sentence and a remedy, for who opens the host in a browser without being let in. */
export function answerPage(exchange: Exchange, status: number, message: string, remedy: string): void {
  const text = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Engine Room</title><h1>${escapeHtml(message)}</h1><p>${escapeHtml(remedy)}</p></html>\n`;
  answerBytes(exchange, status, text, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
}
