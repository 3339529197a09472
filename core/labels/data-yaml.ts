/** Reads the data.yaml of a YOLO data set: where its splits are and what its classes are called. */

import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import { readText, readTextIfThere } from './text-files.ts';

export interface DataYaml {
  readonly path: string;
  /** Class names by index. */
  readonly classes: readonly string[];
  /** Absolute paths that val, test and train name, as far as they are given. */
  readonly splits: readonly string[];
}

const name = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const split = z.union([z.string(), z.array(z.string())]).nullish();
const dataYamlSchema = z.object({
  path: z.string().nullish(),
  train: split,
  val: split,
  test: split,
  nc: z.number().nullish(),
  names: z.union([z.array(name), z.record(z.string().regex(/^\d+$/), name)]),
});

const remedy = 'Give a data.yaml with "names": a list, or class numbers from 0 with their names.';

function namesByIndex(names: readonly string[] | Readonly<Record<string, string>>, path: string): string[] {
  if (Array.isArray(names)) return [...names];
  const entries = Object.entries(names).sort(([a], [b]) => Number(a) - Number(b));
  return entries.map(([index, className], position) => {
    if (Number(index) !== position) {
      throw new Failure(
        'bad-input',
        `${path} gives class ${index} a name but none to class ${position}.`,
        remedy,
      );
    }
    return className;
  });
}

export async function readDataYaml(path: string): Promise<DataYaml> {
  const text = await readText(path);
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    const first = error instanceof Error ? error.message.split('\n')[0]?.replace(/[:.]+$/, '') : '';
    throw new Failure('bad-input', `${path} is not valid YAML: ${first}.`, remedy, { cause: error });
  }
  const parsed = dataYamlSchema.safeParse(raw);
  if (!parsed.success) {
    const found =
      typeof raw === 'object' && raw !== null ? Object.keys(raw).slice(0, 6).join(', ') : typeof raw;
    const issue = parsed.error.issues[0];
    throw new Failure(
      'bad-input',
      `${path} is not the data.yaml of a YOLO data set (${issue?.path.join('.')}: ${issue?.message}; found: ${found}).`,
      remedy,
    );
  }
  const classes = namesByIndex(parsed.data.names, path);
  if (parsed.data.nc != null && parsed.data.nc !== classes.length) {
    throw new Failure(
      'bad-input',
      `${path} says nc: ${parsed.data.nc} but names ${classes.length} classes.`,
      'Make "nc" and "names" agree.',
    );
  }
  // A "path" that does not exist here was written for another machine: splits are then taken beside the file.
  const roots = [dirname(path), ...(parsed.data.path ? [resolve(dirname(path), parsed.data.path)] : [])];
  const named = [parsed.data.val, parsed.data.test, parsed.data.train].flatMap((entry) => entry ?? []);
  const splits = named.flatMap((entry) => roots.map((root) => resolve(root, entry)));
  return { path, classes, splits };
}

/** The data.yaml (or dataset.yaml) in `folder` or up to three folders above it. */
export async function findDataYaml(folder: string): Promise<DataYaml | undefined> {
  let at = resolve(folder);
  for (let level = 0; level <= 3; level++) {
    for (const candidate of ['data.yaml', 'data.yml', 'dataset.yaml']) {
      const path = join(at, candidate);
      if ((await readTextIfThere(path)) !== undefined) return readDataYaml(path);
    }
    at = dirname(at);
  }
  return undefined;
}
