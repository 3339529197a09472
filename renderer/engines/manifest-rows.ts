/** A manifest as rows to read: nested fields by their dotted path, grouped by their first part. */

export interface ManifestRow {
  readonly path: string;
  readonly value: string;
}

export interface ManifestGroup {
  readonly name: string;
  readonly rows: readonly ManifestRow[];
}

function isPlainList(value: readonly unknown[]): boolean {
  return value.every((item) => typeof item !== 'object' || item === null);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

function collect(value: unknown, path: string, rows: ManifestRow[]): void {
  if (typeof value !== 'object' || value === null) {
    rows.push({ path, value: textOf(value) });
  } else if (Array.isArray(value) && isPlainList(value)) {
    rows.push({ path, value: value.length === 0 ? 'none' : textOf(value) });
  } else {
    for (const [key, inner] of Object.entries(value))
      collect(inner, path === '' ? key : `${path}.${key}`, rows);
  }
}

/** One group for each object at the top, in the manifest's order; plain fields at the top come first, as `General`. */
export function manifestGroups(manifest: Readonly<Record<string, unknown>>): readonly ManifestGroup[] {
  const general: ManifestRow[] = [];
  const groups: ManifestGroup[] = [];
  for (const [key, value] of Object.entries(manifest)) {
    const rows: ManifestRow[] = [];
    collect(value, '', rows);
    const [only] = rows;
    if (rows.length === 1 && only?.path === '') general.push({ path: key, value: only.value });
    else if (rows.length > 0) groups.push({ name: key, rows });
  }
  return general.length > 0 ? [{ name: 'General', rows: general }, ...groups] : groups;
}

/** `measuredOn` as people read it: `Measured on`. */
export function fieldName(key: string): string {
  const words = key
    .replace(/\./g, ' \u203a ')
    .replace(/([a-z0-9])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
