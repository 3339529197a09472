/** Files that a browser sends: models with their data, images and labels, each whole under its name or not there at all. */

import { mkdir, readdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { extname, join } from 'node:path';
import { Failure } from '../../../core/base/failure.ts';
import { fileFailure, writeAtomically } from '../../../core/base/files.ts';
import { acceptedFormats, formatOfName } from '../../../core/images/image-format.ts';

/** ONNX's external data goes by these names; the model says which. */
const dataExtensions = new Set(['.onnx_data', '.data', '.weights', '.bin']);
/** COCO, data.yaml, YOLO and Pascal VOC. */
const labelExtensions = new Set(['.json', '.yaml', '.yml', '.txt', '.xml']);
const longestName = 200;
const deepestFolder = 8;

/** What Windows keeps for devices, whatever the extension. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

function safePart(part: string): string {
  return (
    part
      .normalize('NFC')
      // Control characters, what separates paths anywhere, and what turns text around.
      .replaceAll(/[\p{Cc}\p{Cf}<>:"|?*\\/]/gu, '_')
      .replace(/^[.\s]+/, '')
      .replace(/[.\s]+$/, '')
  );
}

/**
 * The name under which an upload is kept: the parts of its path below the folder that was dropped, made harmless.
 * @throws Failure `bad-input` for a name without anything left, and for kinds of files that have no business here
 */
export function uploadName(name: string): readonly string[] {
  const parts = name
    .split(/[\\/]/)
    .map(safePart)
    .filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  if (
    last === '' ||
    last.length > longestName ||
    parts.length > deepestFolder ||
    parts.some((part) => reserved.test(part))
  ) {
    throw new Failure(
      'bad-input',
      `"${name.slice(0, 80)}" is no name for a file.`,
      'Rename it and send it again.',
    );
  }
  const extension = extname(last).toLowerCase();
  const format = formatOfName(extension);
  const isImage = format !== 'other' && format !== 'unknown';
  if (
    !(extension === '.onnx' || dataExtensions.has(extension) || labelExtensions.has(extension) || isImage)
  ) {
    throw new Failure(
      'bad-input',
      `${last} is neither a model, nor an image, nor labels.`,
      `Send ONNX models, their external data, ${acceptedFormats} images, or COCO, YOLO or VOC labels; convert other models to ONNX first.`,
    );
  }
  return parts;
}

export function uploadGroup(group: string): string {
  if (!/^[\w-]{1,64}$/.test(group)) {
    throw new Failure('bad-input', 'The group of the upload has no usable name.', 'Load the page again.');
  }
  return group;
}

function tooLarge(limit: number): Failure {
  return new Failure(
    'bad-usage',
    `The file is larger than the ${limit} bytes that this host accepts.`,
    'Copy it to the host and open it there by its path.',
  );
}

/** Removes the parts of uploads that the end of an earlier host has cut off. */
export async function removeCutOffUploads(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // An upload's own name never starts with a dot.
    if (entry.isFile() && /^\..*\.part$/.test(entry.name)) {
      await rm(join(entry.parentPath, entry.name), { force: true });
    }
  }
}

/**
 * Writes the body of a request below `folder`.
 * @returns the path of the file
 * @throws Failure for names and kinds that are not taken, a file beyond the limit, a full disk
 */
export async function receiveUpload(
  request: IncomingMessage,
  { folder, group, name, limit }: { folder: string; group: string; name: string; limit: number },
): Promise<string> {
  const parts = uploadName(name);
  const path = join(folder, uploadGroup(group), ...parts);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const parent = join(path, '..');
  await mkdir(parent, { recursive: true }).catch((error: unknown) => {
    throw fileFailure(error, parent, 'write');
  });
  await writeAtomically(path, async (file) => {
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      await file.writeFile(chunk);
    }
    if (!request.complete) {
      throw new Failure('cancelled', `The upload of ${name} was cut off.`, 'Send it again.');
    }
  });
  return path;
}
