/** Writes a specification as the command line that asks for it, for reports and manifests. */

import { optionName, parseSpecification, type Specification } from './specification.ts';

/** One word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

type Field = readonly [path: readonly string[], value: unknown];

/** The fields of a specification, with nested ones spelled out. */
function fieldsOf(value: object, path: readonly string[] = []): Field[] {
  return Object.entries(value).flatMap(([name, each]: [string, unknown]): Field[] => {
    const own = [...path, name];
    const nested = typeof each === 'object' && each !== null && !Array.isArray(each);
    return nested ? fieldsOf(each, own) : [[own, each]];
  });
}

function optionFor(path: readonly string[], value: unknown, specification: Specification): string[] {
  const name = optionName(path);
  if (value === null || value === undefined || value === false) return [];
  if (value === true) return [name];
  // Width and height are one option.
  if (path[0] === 'preprocessing' && path[1] === 'height') return [];
  if (path[0] === 'preprocessing' && path[1] === 'width') {
    return [name, `${specification.preprocessing.width}x${specification.preprocessing.height}`];
  }
  // The methods of a calibration are one option too.
  if (name === '--method') {
    const { method, alternatives } = specification.calibration ?? {};
    return path[1] === 'method' ? [name, [method, ...(alternatives ?? [])].join(',')] : [];
  }
  return [name, Array.isArray(value) ? value.join(',') : String(value)];
}

/** The command that repeats the run: what differs from the defaults, and the number of threads, which is the machine's. */
export function commandLine(specification: Specification): string {
  const { model, out, calibration, validation, ...rest } = specification;
  const defaults = parseSpecification({
    model,
    out,
    calibration: calibration && { images: calibration.images },
    validation: validation && { images: validation.images },
    // Without images the default precisions would be refused.
    ...(calibration === null ? { precisions: ['fp32'] } : {}),
  });
  const byDefault = new Map(
    fieldsOf(defaults).map(([path, value]) => [path.join('.'), JSON.stringify(value)]),
  );
  const always = new Set(['precisions', 'threads', 'calibration.images', 'validation.images']);
  if (calibration !== null && calibration.alternatives.length > 0) always.add('calibration.method');
  const words = fieldsOf({ ...rest, calibration, validation }).flatMap(([path, value]) => {
    const field = path.join('.');
    if (!always.has(field) && byDefault.get(field) === JSON.stringify(value)) return [];
    return optionFor(path, value, specification);
  });
  return ['engineroom', 'convert', model, '--out', out, ...words].map(shellWord).join(' ');
}
