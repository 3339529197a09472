/** What lies below `/files`: pictures, the files of runs, charts as CSV, and uploads (contract/procedures/index.ts). */

import { join } from 'node:path';
import sharp from 'sharp';
import { Failure } from '../../../core/base/failure.ts';
import { decodeImage, UnreadableImage } from '../../../core/images/decode-image.ts';
import { type Chart, chartCsv, charts } from '../runs/charts.ts';
import type { RunService } from '../runs/run-service.ts';
import type { FileAnswer, ImageService } from '../service.ts';
import { answerBytes, answerError, answerFile, type Exchange } from './answers.ts';
import { receiveUpload } from './uploads.ts';

export interface FileContext {
  readonly runs: RunService;
  readonly images: ImageService;
  readonly uploadFolder: string;
  readonly uploadLimitBytes: number;
}

/** The request's path below `/files`, in parts, decoded. */
export interface FileRequest {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly signal: AbortSignal;
}

const narrowest = 16;
const widest = 4096;
/** A picture is asked for by set and index; what lies there may change, though seldom while it is looked at. */
const pictureCaching = 'private, max-age=300';

function notFound(): Failure {
  return new Failure('bad-input', 'There is nothing under this address.', 'Load the page again.');
}

function wholeNumber(text: string | null | undefined): number | null {
  return text !== null && text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function widthOf(query: URLSearchParams, usual: number): number {
  const width = wholeNumber(query.get('width')) ?? usual;
  return Math.min(widest, Math.max(narrowest, width));
}

/** An image as JPEG, decoded like those that the engines see, so that boxes lie where they belong. */
async function pictureOf(path: string, width: number): Promise<Uint8Array> {
  try {
    const { data, width: fullWidth, height } = await decodeImage(path);
    return await sharp(data, { raw: { width: fullWidth, height, channels: 3 } })
      .resize({ width, withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer();
  } catch (error) {
    if (!(error instanceof UnreadableImage)) throw error;
    throw new Failure('bad-input', `${path} cannot be shown: ${error.message}.`, 'Check the file.', {
      cause: error,
    });
  }
}

async function answer(exchange: Exchange, file: FileAnswer, caching: string): Promise<void> {
  const headers = { 'content-type': file.contentType, 'cache-control': caching };
  if (file.kind === 'bytes') answerBytes(exchange, 200, file.bytes, headers);
  else await answerFile(exchange, file.path, headers);
}

function downloadOf(name: string): string {
  return `attachment; filename*=UTF-8''${encodeURIComponent(name).replaceAll("'", '%27')}`;
}

async function answerRunFile(
  exchange: Exchange,
  runs: RunService,
  id: string,
  rest: readonly string[],
  query: URLSearchParams,
): Promise<void> {
  const [kind, name = ''] = rest;
  const run = runs.book.get(id);
  const isMade = (file: string) => run.files.some((made) => made.name === file);
  if (kind === 'images' && rest.length === 2) {
    const index = wholeNumber(name);
    if (index === null) throw notFound();
    const bytes = await pictureOf(await runs.imagePath(id, index), widthOf(query, 1280));
    answerBytes(exchange, 200, bytes, { 'content-type': 'image/jpeg', 'cache-control': pictureCaching });
  } else if (kind === 'report.html' && rest.length === 1 && isMade(kind)) {
    // The report brings its own policy for its own script; here it also gets no access to the host's cookie.
    await answerFile(exchange, join(run.out, kind), {
      'cache-control': 'no-store',
      'content-security-policy': 'sandbox allow-scripts allow-popups allow-downloads',
    });
  } else if (kind === 'report.json' && rest.length === 1) {
    answerBytes(exchange, 200, `${JSON.stringify(runs.report(id), null, 2)}\n`, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  } else if (kind === 'files' && rest.length === 2 && isMade(name)) {
    await answerFile(exchange, join(run.out, name), {
      'cache-control': 'no-store',
      'content-type': 'application/octet-stream',
      'content-disposition': downloadOf(name),
    });
  } else if (kind === 'csv' && rest.length === 2 && charts.some((chart) => chart === name)) {
    answerBytes(exchange, 200, chartCsv(name as Chart, runs.report(id)), {
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
      'content-disposition': downloadOf(`${run.modelName.replace(/\.onnx$/i, '')}-${name}.csv`),
    });
  } else throw notFound();
}

/**
 * Answers one request below `/files`; who asks has been checked.
 * @throws Failure `bad-input` for what is not there, and what uploads and services throw
 */
export async function answerFiles(
  exchange: Exchange,
  { parts, query, signal }: FileRequest,
  { runs, images, uploadFolder, uploadLimitBytes }: FileContext,
): Promise<void> {
  const [kind, id = '', ...rest] = parts;
  const { request } = exchange;
  if (kind === 'uploads' && parts.length === 1) {
    if (request.method !== 'POST') {
      return answerError(exchange, 405, {
        message: 'Uploads are sent with POST.',
        remedy: 'Load the page again.',
      });
    }
    const path = await receiveUpload(request, {
      folder: uploadFolder,
      group: query.get('group') ?? '',
      name: query.get('name') ?? '',
      limit: uploadLimitBytes,
    });
    return answerBytes(exchange, 200, JSON.stringify({ path }), {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answerError(exchange, 405, { message: 'This can only be read.', remedy: 'Load the page again.' });
  }
  if (kind === 'runs') return answerRunFile(exchange, runs, id, rest, query);
  const index = wholeNumber(rest[0]);
  if (kind !== 'images' || index === null || rest.length !== 1) throw notFound();
  await answer(exchange, await images.imageFile(id, index, widthOf(query, 160), signal), pictureCaching);
}
