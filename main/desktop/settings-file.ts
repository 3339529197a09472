/** A small JSON file of settings, checked by a schema when read, replaced as a whole when written. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

export interface SettingsFile<T> {
  readonly value: T;
  /** Keeps the value for this session even where it cannot be written. */
  write(value: T): void;
}

/** Settings of this schema; `initial` where the file is missing, damaged or of another version. */
export function openSettings<T>(path: string, schema: z.ZodType<T>, initial: NoInfer<T>): SettingsFile<T> {
  let value = initial;
  try {
    const read = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (read.success) value = read.data;
  } catch {
    // Missing or not JSON: the initial value stands.
  }
  return {
    get value() {
      return value;
    },
    write(next) {
      value = next;
      try {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(`${path}.part`, JSON.stringify(next, null, 2), { mode: 0o600 });
        renameSync(`${path}.part`, path);
      } catch (error) {
        console.error(`${path} could not be written:`, error);
      }
    },
  };
}
