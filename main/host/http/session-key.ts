/** The key of session cookies, kept in the data folder, so that open pages come back after a restart of the host. */

import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../../../core/base/files.ts';

export async function readSessionKey(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => '');
  if (/^[\da-f]{64}$/.test(known)) return known;
  const key = randomBytes(32).toString('hex');
  await writeFileAtomically(path, key);
  await chmod(path, 0o600);
  return key;
}
