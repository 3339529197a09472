/** Serves the renderer's files as `app://engineroom/...`, and below `/files/` what a remote host hands out. */

import { fileAnswer, type PageAnswer, type PageRequest, textAnswer } from './adapters/protocol.ts';
import { contentSecurityPolicy, contentTypeOf, fileOfPage, ownPath, remoteFilesPath } from './own-pages.ts';

/** Answers a request for a picture or a download of the remote host that is selected; undefined when none is. */
export type RemoteFiles = (request: PageRequest, pathAndQuery: string) => Promise<PageAnswer> | undefined;

const safeHeaders = {
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

/** Answers of the scheme, for `handleProtocol`. `folder` holds index.html and what it loads. */
export function pageHandler(folder: string, remoteFiles: RemoteFiles) {
  return async (request: PageRequest): Promise<PageAnswer> => {
    const own = ownPath(request.url);
    if (own?.path.startsWith(remoteFilesPath)) {
      const answer = remoteFiles(request, ownAddress(request.url));
      return (await answer) ?? textAnswer(404, 'no remote host is selected');
    }
    const file = fileOfPage(request.url, folder);
    if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) {
      return textAnswer(404, 'not found');
    }
    const type = contentTypeOf(file);
    return fileAnswer(file, {
      ...safeHeaders,
      'content-type': type,
      // Files of a build carry a hash in their name; index.html must be read afresh after an update.
      'cache-control': type.startsWith('text/html') ? 'no-store' : 'max-age=31536000, immutable',
      ...(type.startsWith('text/html') ? { 'content-security-policy': contentSecurityPolicy } : {}),
    });
  };
}

/** Path and query of an address, still encoded, without its fragment. */
function ownAddress(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/, '').replace(/#.*$/, '');
}
