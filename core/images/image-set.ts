/** Finds the images of a folder or list file, in the same order on every machine. */

import { createReadStream } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '../base/failure.ts';
import { fileFailure } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../base/work.ts';
import { acceptedFormats, formatOfContent, formatOfName, signatureBytes } from './image-format.ts';

export interface ImageFile {
  /** Where the file is. */
  readonly path: string;
  /** Its name relative to the set's root, with forward slashes. */
  readonly file: string;
}

export interface IgnoredFile {
  readonly file: string;
  /** Why it is not in the set, a few words. */
  readonly reason: string;
}

export interface ImageSet {
  /** Folder that the files' names are relative to, absolute. */
  readonly root: string;
  /** What the user named, as given. */
  readonly source: string;
  /** In bytewise order of `file`. */
  readonly files: readonly ImageFile[];
  readonly ignored: readonly IgnoredFile[];
}

interface Found {
  readonly files: ImageFile[];
  readonly ignored: IgnoredFile[];
}

interface Scan extends Found, WorkOptions {
  readonly root: string;
  /** Real paths of folders that were entered, so that a link to a folder above ends. */
  readonly entered: Set<string>;
}

const slashed = (path: string) => (sep === '/' ? path : path.split(sep).join('/'));

/** Orders by the UTF-8 bytes, which no locale and no platform changes. */
function sortByBytes(files: readonly ImageFile[]): ImageFile[] {
  return files
    .map((entry) => ({ entry, key: Buffer.from(entry.file) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ entry }) => entry);
}

/** `n` of the set, spread evenly: of N files those with index floor((i + 1/2) N / n). All when n >= N. */
export function sampleImages(set: ImageSet, n: number): ImageSet {
  const total = set.files.length;
  if (n >= total) return set;
  const count = Math.max(0, Math.floor(n));
  const files = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * total) / count)).flatMap(
    (index) => set.files[index] ?? [],
  );
  return { ...set, files };
}

async function contentIsImage(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(signatureBytes), 0, signatureBytes, 0);
    return formatOfContent(buffer.subarray(0, bytesRead)) !== undefined;
  } finally {
    await file.close();
  }
}

async function addFile(scan: Found, path: string, file: string): Promise<void> {
  const named = formatOfName(extname(file));
  if (named === 'other') {
    scan.ignored.push({ file, reason: 'not an image' });
  } else if (named !== 'unknown') {
    scan.files.push({ path, file });
  } else {
    // Only a name that says nothing costs an open.
    const isImage = await contentIsImage(path).catch(() => false);
    if (isImage) scan.files.push({ path, file });
    else scan.ignored.push({ file, reason: 'not an image' });
  }
}

async function addFolder(scan: Scan, folder: string, prefix: string): Promise<void> {
  scan.entered.add(await realpath(folder));
  for await (const entry of await opendir(folder, { bufferSize: 512 })) {
    throwIfCancelled(scan.signal);
    const file = prefix + entry.name;
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) {
      scan.ignored.push({ file, reason: 'hidden' });
      continue;
    }
    // A link costs a stat; files and folders do not.
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (kind?.isDirectory()) {
      if (scan.entered.has(await realpath(path))) {
        scan.ignored.push({ file, reason: 'a link to a folder that was already read' });
      } else {
        await addSubfolder(scan, path, file);
      }
    } else if (kind?.isFile()) {
      await addFile(scan, path, file);
      reportScan(scan);
    } else {
      scan.ignored.push({ file, reason: kind ? 'not a file' : 'a broken link' });
    }
  }
}

async function addSubfolder(scan: Scan, path: string, file: string): Promise<void> {
  try {
    await addFolder(scan, path, `${file}/`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    scan.ignored.push({ file, reason: 'a folder that may not be opened' });
  }
}

function reportScan(scan: Scan): void {
  const seen = scan.files.length + scan.ignored.length;
  if (seen % 2000 === 0) {
    scan.onProgress?.({ value: 0, description: `${scan.files.length} images found so far` });
  }
}

async function addList(scan: Scan, listPath: string): Promise<void> {
  const seen = new Set<string>();
  const lines = createInterface({ input: createReadStream(listPath), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    throwIfCancelled(scan.signal);
    const text = line.replace(/^\uFEFF/, '').trim();
    if (text === '' || text.startsWith('#')) continue;
    const path = isAbsolute(text) ? resolve(text) : resolve(scan.root, text);
    const file = slashed(relative(scan.root, path));
    if (seen.has(path)) {
      scan.ignored.push({ file, reason: 'listed twice' });
      continue;
    }
    seen.add(path);
    await addFile(scan, path, file);
  }
}

function countsByExtension(ignored: readonly IgnoredFile[]): string {
  const counts = new Map<string, number>();
  for (const { file } of ignored) {
    const kind = extname(file).toLowerCase() || 'without extension';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 4);
  return most.map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function nothingFound(source: string, ignored: readonly IgnoredFile[], what: string): Failure {
  const found =
    ignored.length === 0
      ? `${what} ${source} is empty`
      : `${what} ${source} holds no image: ${ignored.length} other files were found (${countsByExtension(ignored)})`;
  return new Failure('bad-input', `${found}.`, `Name a folder or list file with ${acceptedFormats} images.`);
}

async function scanSource(source: string, options: WorkOptions): Promise<{ scan: Scan; what: string }> {
  const path = resolve(source);
  const newScan = (root: string): Scan => ({
    root,
    files: [],
    ignored: [],
    entered: new Set(),
    signal: options.signal,
    onProgress: options.onProgress,
  });
  try {
    const info = await stat(path);
    if (info.isDirectory()) {
      const scan = newScan(path);
      await addFolder(scan, path, '');
      return { scan, what: 'The folder' };
    }
    const scan = newScan(dirname(path));
    if (extname(path).toLowerCase() === '.txt') {
      await addList(scan, path);
      return { scan, what: 'The list' };
    }
    await addFile(scan, path, basename(path));
    return { scan, what: 'The file' };
  } catch (error) {
    throw fileFailure(error, source, 'read');
  }
}

/**
 * The images of `source`: a folder (with all folders below it), a list file (`.txt`, one path a line, relative to
 * the list's folder or absolute, `#` starts a comment line) or one image. A known image extension counts without
 * opening the file, a name that says nothing is decided by its first bytes; whether a file can be decoded shows when
 * it is read. Hidden files are left out. `limit` keeps an even sample of that size (`sampleImages`). Fails with
 * `bad-input` when there is no image at all.
 */
export async function scanImages(
  source: string,
  options: WorkOptions & { readonly limit?: number | undefined } = {},
): Promise<ImageSet> {
  throwIfCancelled(options.signal);
  const { limit } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    throw new Failure('bad-usage', `The limit of images is ${limit}.`, 'Give a whole number from 1.');
  }
  const { scan, what } = await scanSource(source, options);
  if (scan.files.length === 0) throw nothingFound(source, scan.ignored, what);
  const set = { root: scan.root, source, files: sortByBytes(scan.files), ignored: scan.ignored };
  return limit === undefined ? set : sampleImages(set, limit);
}
