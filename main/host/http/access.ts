/** Who may speak with the host over HTTP: whoever holds the token or the cookie it was exchanged for, and no other site. */

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';

/** Equal or not, in a time that does not tell how much of it is right. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Why a request is refused, with the status that says so. */
export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly message: string;
  readonly remedy: string;
}

export interface AccessOptions {
  /** The address that the server is bound to, e.g. `127.0.0.1` or `0.0.0.0`. */
  readonly boundHost: string;
  readonly port: number;
  /** Names that clients may call the host by, besides its own; without port. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that are not this server's and may ask it all the same. */
  readonly allowedOrigins: readonly string[];
  /** Key of the session cookie; one that outlives the host lets pages in again after it was restarted. */
  readonly sessionKey: string;
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** As it stands in a Host header: an IPv6 address in brackets, lower case. */
function headerName(host: string): string {
  const bare = host.toLowerCase();
  return bare.includes(':') && !bare.startsWith('[') ? `[${bare}]` : bare;
}

/** The names that lead to this machine by right; any other name in a Host header is a page's trick (DNS rebinding). */
function ownNames(boundHost: string): string[] {
  if (!isWildcard(boundHost)) return isLoopback(boundHost) ? loopbackNames : [boundHost];
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address),
  );
  return [...loopbackNames, hostname(), `${hostname()}.local`, ...addresses];
}

/** The name in a Host header or origin, without port. */
function nameOf(authority: string): string {
  return authority.toLowerCase().replace(/:\d+$/, '');
}

function cookiesOf(request: IncomingMessage): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name.trim(), value.join('=').trim()] as const;
  });
  return new Map(pairs);
}

export class Access {
  /** What the printed address carries; another one at every start. */
  readonly token: string = randomBytes(24).toString('base64url');

  readonly #names: ReadonlySet<string>;
  readonly #allowedOrigins: readonly string[];
  readonly #cookieName: string;
  readonly #cookieValue: string;

  constructor({ boundHost, port, allowedHosts, allowedOrigins, sessionKey }: AccessOptions) {
    this.#names = new Set([...ownNames(boundHost), ...allowedHosts].map(headerName));
    this.#allowedOrigins = allowedOrigins;
    // Browsers share cookies between the ports of a machine, and each may have a host of its own.
    this.#cookieName = `engineroom-${port}`;
    this.#cookieValue = createHmac('sha256', sessionKey).update('session').digest('base64url');
  }

  /** The Set-Cookie header that the token is exchanged for. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#cookieValue}; Path=/; HttpOnly; SameSite=Strict`;
  }

  isToken(given: string): boolean {
    return sameSecret(given, this.token);
  }

  hasCookie(request: IncomingMessage): boolean {
    const given = cookiesOf(request).get(this.#cookieName);
    return given !== undefined && sameSecret(given, this.#cookieValue);
  }

  /** An origin other than the server's own that may ask; the answer has to name it. */
  foreignOrigin(request: IncomingMessage): string | null {
    const { origin } = request.headers;
    return origin !== undefined && this.#allowedOrigins.includes(origin) ? origin : null;
  }

  /** Refuses requests that come from another site or by a name that is not ours; who asks is not looked at yet. */
  checkOrigin(request: IncomingMessage): Refusal | null {
    const { host, origin } = request.headers;
    if (host === undefined || !this.#names.has(nameOf(host))) {
      return {
        status: 421,
        message: `This host is not known as ${host ?? 'nothing'}.`,
        remedy: `Use the address that was printed at its start, or start it with --allow-host ${nameOf(host ?? 'NAME')}.`,
      };
    }
    if (origin === undefined || this.foreignOrigin(request) !== null) return null;
    const authority = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
    if (authority === host.toLowerCase()) return null;
    return {
      status: 403,
      message: 'This page belongs to another site, which may not use this host.',
      remedy: 'Open the address that the host printed at its start.',
    };
  }

  /** @param token from the path or the query; null when there is none */
  checkRight(request: IncomingMessage, token: string | null): Refusal | null {
    if (token !== null ? this.isToken(token) : this.hasCookie(request)) return null;
    return {
      status: 401,
      message: token === null ? 'The token is missing.' : 'The token is wrong.',
      remedy: 'Open the whole address that the host printed at its start; each start has another token.',
    };
  }
}
