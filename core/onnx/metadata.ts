/** Reads what the exporter wrote about a detector: class names, stride, image size and task. */

import type { OnnxModel } from './model-file.ts';
import { type PythonValue, parsePythonLiteral } from './python-literal.ts';

export interface ModelMetadata {
  /** Class names by index; gaps read `class i`. */
  readonly names: readonly string[] | null;
  /** The largest stride of the network, in pixels of its input. */
  readonly stride: number | null;
  /** Height and width of the network input, in pixels. */
  readonly imgsz: readonly [number, number] | null;
  /** As ultralytics names it: `detect`, `segment`, `classify`, `pose`, `obb`. */
  readonly task: string | null;
}

/** More classes than any detector has; a larger index is a mistake. */
const mostClasses = 100_000;

/** The value of a metadata entry as a literal; a bare word is itself. */
export function metadataValue(model: OnnxModel, key: string): PythonValue | undefined {
  const entry = model.proto.metadataProps.find((property) => property.key === key);
  return entry && parsePythonLiteral(entry.value);
}

function isMap(
  value: PythonValue | undefined,
): value is ReadonlyMap<string | number | boolean | null, PythonValue> {
  return value instanceof Map;
}

function isList(value: PythonValue | undefined): value is readonly PythonValue[] {
  return Array.isArray(value);
}

function namesFrom(value: PythonValue | undefined): string[] | null {
  if (isList(value)) return value.length > 0 ? value.map(String) : null;
  if (!isMap(value) || value.size === 0) return null;
  const names: string[] = [];
  for (const [key, name] of value) {
    // Keys are numbers in Python's form and digits in JSON's.
    const index = typeof key === 'string' && /^\d+$/.test(key) ? Number(key) : key;
    const valid = typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < mostClasses;
    if (!valid || typeof name === 'object') return null;
    names[index] = String(name);
  }
  return Array.from(names, (name, index) => name ?? `class ${index}`);
}

function isSize(value: PythonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function strideFrom(value: PythonValue | undefined): number | null {
  if (isSize(value)) return value;
  if (isList(value) && value.length > 0 && value.every(isSize)) return Math.max(...value);
  return null;
}

function sizeFrom(value: PythonValue | undefined): [number, number] | null {
  if (isSize(value)) return [value, value];
  if (!isList(value)) return null;
  const [height, width] = value;
  if (value.length === 1 && isSize(height)) return [height, height];
  return value.length === 2 && isSize(height) && isSize(width) ? [height, width] : null;
}

/** Entries that are absent or do not read as what they should be are null; metadata never makes a model unreadable. */
export function readMetadata(model: OnnxModel): ModelMetadata {
  const task = model.proto.metadataProps.find((property) => property.key === 'task')?.value.trim();
  return {
    names: namesFrom(metadataValue(model, 'names')),
    stride: strideFrom(metadataValue(model, 'stride')),
    imgsz: sizeFrom(metadataValue(model, 'imgsz')),
    task: task || null,
  };
}
