/** Finds the images of a folder or list file, in the same order on every machine. */

import { createReadStream, type Dirent, type Stats } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '../base/failure.ts';
import { fileFailure } from '../base/files.ts';
import { throwIfCancelled, type WorkOptions, yieldToEventLoop } from '../base/work.ts';
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
  readonly onFile: ((file: ImageFile) => void) | undefined;
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

async function isImageFile(path: string, file: string): Promise<boolean> {
  const named = formatOfName(extname(file));
  // Only a name that says nothing costs an open.
  return named === 'unknown' ? await contentIsImage(path).catch(() => false) : named !== 'other';
}

async function addFile(scan: Scan, path: string, file: string): Promise<void> {
  if (await isImageFile(path, file)) {
    scan.files.push({ path, file });
    scan.onFile?.({ path, file });
  } else {
    scan.ignored.push({ file, reason: 'not an image' });
  }
}

interface Entry {
  readonly name: string;
  /** What it is, behind a link too; undefined for a broken link. */
  readonly kind: Dirent | Stats | undefined;
}

/** Links looked behind at the same time. */
const statsAtOnce = 32;

/**
 * A folder's entries in the order that the bytes of all paths below it have: a folder's name counts with the slash that
 * follows it. So a walk in depth meets files in their final order, and they can be shown while it goes on.
 */
async function orderedEntries(folder: string): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const kinds = new Map<string, Stats | undefined>();
  const links = entries.filter((entry) => entry.isSymbolicLink()).values();
  const look = async (): Promise<void> => {
    // A link costs a stat; files and folders do not.
    for (const { name } of links) kinds.set(name, await stat(join(folder, name)).catch(() => undefined));
  };
  await Promise.all(Array.from({ length: statsAtOnce }, look));
  return entries
    .map((entry) => {
      const kind = entry.isSymbolicLink() ? kinds.get(entry.name) : entry;
      const key = Buffer.from(kind?.isDirectory() ? `${entry.name}/` : entry.name);
      return { entry: { name: entry.name, kind }, key };
    })
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ entry }) => entry);
}

async function addFolder(scan: Scan, folder: string, prefix: string): Promise<void> {
  scan.entered.add(await realpath(folder));
  for (const { name, kind } of await orderedEntries(folder)) {
    throwIfCancelled(scan.signal);
    const file = prefix + name;
    const path = join(folder, name);
    if (name.startsWith('.')) {
      scan.ignored.push({ file, reason: 'hidden' });
      continue;
    }
    if (kind?.isDirectory()) {
      if (scan.entered.has(await realpath(path))) {
        scan.ignored.push({ file, reason: 'a link to a folder that was already read' });
      } else {
        await addSubfolder(scan, path, file);
      }
    } else if (kind?.isFile()) {
      await addFile(scan, path, file);
      await reportScan(scan);
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

/** Files between two chances for messages to leave and an abort to arrive. */
const filesAtOnce = 500;

async function reportScan(scan: Scan): Promise<void> {
  const seen = scan.files.length + scan.ignored.length;
  if (seen % filesAtOnce !== 0) return;
  scan.onProgress?.({ value: 0, description: `${scan.files.length} images found so far` });
  await yieldToEventLoop();
}

async function addList(scan: Scan, listPath: string): Promise<void> {
  const seen = new Set<string>();
  const listed: ImageFile[] = [];
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
    listed.push({ path, file });
  }
  for (const { path, file } of sortByBytes(listed)) {
    throwIfCancelled(scan.signal);
    await addFile(scan, path, file);
    await reportScan(scan);
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

async function scanSource(source: string, options: ScanOptions): Promise<{ scan: Scan; what: string }> {
  const path = resolve(source);
  const newScan = (root: string): Scan => ({
    root,
    files: [],
    ignored: [],
    entered: new Set(),
    signal: options.signal,
    onProgress: options.onProgress,
    onFile: options.onFile,
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

export interface ScanOptions extends WorkOptions {
  readonly limit?: number | undefined;
  /** Hears of every image as it is found, in the order of the set, before any limit. */
  readonly onFile?: ((file: ImageFile) => void) | undefined;
}

/**
 * The images of `source`: a folder (with all folders below it), a list file (`.txt`, one path a line, relative to
 * the list's folder or absolute, `#` starts a comment line) or one image. A known image extension counts without
 * opening the file, a name that says nothing is decided by its first bytes; whether a file can be decoded shows when
 * it is read. Hidden files are left out. `limit` keeps an even sample of that size (`sampleImages`). Fails with
 * `bad-input` when there is no image at all.
 */
export async function scanImages(source: string, options: ScanOptions = {}): Promise<ImageSet> {
  throwIfCancelled(options.signal);
  const { limit } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    throw new Failure('bad-usage', `The limit of images is ${limit}.`, 'Give a whole number from 1.');
  }
  const { scan, what } = await scanSource(source, options);
  if (scan.files.length === 0) throw nothingFound(source, scan.ignored, what);
  const set = { root: scan.root, source, files: scan.files, ignored: scan.ignored };
  return limit === undefined ? set : sampleImages(set, limit);
}
