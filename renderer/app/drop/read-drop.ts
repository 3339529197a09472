/** Turns what the browser says of a drop into items, and a dropped folder into its files. */

import type { DroppedItem } from './route-drop.ts';

export interface BrowserItem extends DroppedItem {
  readonly file: File | null;
  readonly entry: FileSystemEntry | null;
}

/** Must be called within the drop event: afterwards the browser has emptied the list. */
export function readDrop(transfer: DataTransfer): readonly BrowserItem[] {
  const fromItems = [...transfer.items].flatMap((item) => {
    if (item.kind !== 'file') return [];
    const entry = item.webkitGetAsEntry?.() ?? null;
    const file = item.getAsFile();
    return file === null && entry === null ? [] : [itemOf(file, entry)];
  });
  return fromItems.length > 0 ? fromItems : [...transfer.files].map((file) => itemOf(file, null));
}

/** Files chosen in a file dialog of the browser. */
export function readFiles(files: Iterable<File>): readonly BrowserItem[] {
  return [...files].map((file) => itemOf(file, null));
}

function itemOf(file: File | null, entry: FileSystemEntry | null): BrowserItem {
  const folder = entry?.isDirectory === true;
  return {
    name: entry?.name ?? file?.name ?? '',
    kind: folder ? 'folder' : 'file',
    bytes: folder ? null : (file?.size ?? null),
    file,
    entry,
  };
}

export interface FileInFolder {
  /** Below the dropped folder, with `/`. */
  readonly path: string;
  readonly file: File;
}

function readBatch(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/**
 * All files below a dropped folder.
 * @throws RangeError when there are more than `limit`
 */
export async function filesBelow(entry: FileSystemEntry, limit: number): Promise<readonly FileInFolder[]> {
  const found: FileInFolder[] = [];
  const walk = async (present: FileSystemEntry, prefix: string): Promise<void> => {
    if (present.isFile) {
      if (found.length >= limit) throw new RangeError(`more than ${limit} files`);
      found.push({ path: `${prefix}${present.name}`, file: await fileOf(present as FileSystemFileEntry) });
      return;
    }
    const reader = (present as FileSystemDirectoryEntry).createReader();
    // The browser hands a folder out in batches of at most 100 and ends with an empty one.
    for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader)) {
      for (const child of batch) {
        if (!child.name.startsWith('.'))
          await walk(child, present === entry ? '' : `${prefix}${present.name}/`);
      }
    }
  };
  await walk(entry, '');
  return found;
}
