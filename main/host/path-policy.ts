/** Decides which paths a client may name: real paths below the allowed roots, whatever links and dots say. */

import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { Failure } from '../../core/base/failure.ts';
import { fileFailure } from '../../core/base/files.ts';
import type { PathPolicy } from './service.ts';

/** True for `folder` itself and everything below it; both are real paths. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function notFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The real path of the nearest ancestor that exists, with the missing rest behind it. */
async function realPathOfNew(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!notFound(error)) throw error;
    // A link to something that is not there would be followed when it is written.
    const link = await lstat(path).catch(() => null);
    if (link !== null) throw error;
  }
  const parent = dirname(path);
  return parent === path ? path : join(await realPathOfNew(parent), basename(path));
}

/**
 * @param roots folders as the user named them; none: every path is allowed
 * @param own folders of the host itself, allowed besides the roots
 * @throws Failure `bad-input` when a root does not exist
 */
export async function createPathPolicy(
  roots: readonly string[],
  own: readonly string[],
): Promise<PathPolicy> {
  const real = (path: string) =>
    realpath(path).catch((error: unknown) => {
      throw fileFailure(error, path, 'read');
    });
  const realRoots = await Promise.all(roots.map(real));
  const realOwn = await Promise.all(own.map(real));

  /** What lies outside and what does not exist outside get the same answer, which tells nothing of the machine. */
  const outside = (path: string) =>
    new Failure(
      'bad-input',
      `${path} is not below a folder that this host may use.`,
      `Use a path below ${realRoots.join(' or ')}, or start the host with --root FOLDER.`,
    );
  const resolved = async (path: string, find: (path: string) => Promise<string>): Promise<string> => {
    if (path.includes('\0')) throw new Failure('bad-input', 'The path holds a zero byte.', 'Check the path.');
    if (!isAbsolute(path)) {
      throw new Failure('bad-input', `${path} is not a whole path.`, 'Name the path from the root on.');
    }
    const absolute = resolve(path);
    const allowed = (candidate: string) =>
      realRoots.length === 0 || [...realRoots, ...realOwn].some((root) => isBelow(candidate, root));
    let found: string;
    try {
      found = await find(absolute);
    } catch (error) {
      // Roots may be named through links, so the name as typed counts as well for saying what is wrong with it.
      const named = allowed(absolute) || roots.some((root) => isBelow(absolute, resolve(root)));
      throw named ? fileFailure(error, path, 'read') : outside(path);
    }
    if (!allowed(found)) throw outside(path);
    return found;
  };
  return {
    roots: realRoots,
    check: (path) => resolved(path, realpath),
    checkNew: (path) => resolved(path, realPathOfNew),
  };
}
