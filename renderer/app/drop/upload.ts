/** Sends files from a browser to the host, several at a time, with progress and cancel. */

import { z } from 'zod';
import { filePaths } from '../../../contract/procedures/index.ts';
import { wireErrorSchema } from '../../../contract/rpc/messages.ts';

export interface UploadFile {
  /** Name on the host; of a dropped folder, the path below it. */
  readonly name: string;
  readonly file: File;
}

export interface UploadProgress {
  /** Share of all bytes, 0 to 1. */
  readonly value: number;
  readonly sentFiles: number;
  readonly files: number;
}

export interface UploadOptions {
  /** Names the new folder on the host, for people. */
  readonly title: string;
  readonly filesUrl: (path: string) => string;
  readonly limitBytes: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
  /** Sends one file and answers its path on the host. */
  readonly send?: SendFile;
}

export type SendFile = (
  url: string,
  file: File,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
) => Promise<string>;

/** What was wrong with an upload, with its remedy. */
export class UploadFailure extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'UploadFailure';
    this.remedy = remedy;
  }
}

const answerSchema = z.object({ path: z.string() });
const parallel = 4;

/** A name for the folder on the host that the files of one drop share: what was dropped, and what makes it unique. */
export function uploadGroup(title: string): string {
  const words = title
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const random = crypto.getRandomValues(new Uint8Array(5));
  const unique = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return words === '' ? unique : `${words}-${unique}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One file by XMLHttpRequest, which unlike fetch tells how much has been sent. */
const sendByRequest: SendFile = (url, file, signal, onBytes) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const lost = (message: string) =>
      reject(
        new UploadFailure(
          message,
          'Check that the host still runs and that its disk is not full, then drop it again.',
        ),
      );
    request.upload.addEventListener('progress', (event) => onBytes(event.loaded));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    request.addEventListener('abort', () =>
      reject(new UploadFailure('The upload was cancelled.', 'Drop the files again.')),
    );
    request.addEventListener('error', () => lost(`${file.name} could not be sent: the connection broke.`));
    request.addEventListener('load', () => {
      const body = parseJson(request.responseText);
      const answer = answerSchema.safeParse(body);
      if (request.status >= 200 && request.status < 300 && answer.success) return resolve(answer.data.path);
      const error = wireErrorSchema.safeParse(
        typeof body === 'object' && body !== null && 'error' in body ? body.error : body,
      );
      if (error.success) reject(new UploadFailure(error.data.message, error.data.remedy));
      else lost(`${file.name} could not be sent: the host answered ${request.status}.`);
    });
    signal.addEventListener('abort', abort, { once: true });
    request.open('POST', url);
    request.send(file);
  });

/**
 * Uploads all files into one new folder of the host.
 * @returns their paths on the host, in order
 * @throws UploadFailure with the first error, or when a file is larger than the host takes
 */
export async function uploadFiles(
  files: readonly UploadFile[],
  { title, filesUrl, limitBytes, signal, onProgress, send = sendByRequest }: UploadOptions,
): Promise<readonly string[]> {
  const tooLarge = files.find(({ file }) => file.size > limitBytes);
  if (tooLarge !== undefined) {
    throw new UploadFailure(
      `${tooLarge.name} is larger than the ${Math.floor(limitBytes / 1e6)} MB that this host accepts over the network.`,
      'Copy it to the host and choose its path there.',
    );
  }
  const group = uploadGroup(title);
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const sent = files.map(() => 0);
  const paths: string[] = files.map(() => '');
  let sentFiles = 0;
  const report = () => {
    const bytes = sent.reduce((sum, part) => sum + part, 0);
    onProgress({ value: total === 0 ? 1 : bytes / total, sentFiles, files: files.length });
  };
  const broken = new AbortController();
  const stop = () => broken.abort();
  signal.addEventListener('abort', stop, { once: true });
  const queue = files.map((entry, index) => ({ ...entry, index }));
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined && !broken.signal.aborted; next = queue.shift()) {
      const { index, name, file } = next;
      paths[index] = await send(filesUrl(filePaths.upload(name, group)), file, broken.signal, (bytes) => {
        sent[index] = Math.min(bytes, file.size);
        report();
      });
      sent[index] = file.size;
      sentFiles += 1;
      report();
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, files.length) }, worker));
  } catch (error) {
    broken.abort();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (signal.aborted) throw new UploadFailure('The upload was cancelled.', 'Drop the files again.');
  return paths;
}
