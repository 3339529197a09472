/** Tables for a terminal: columns aligned, numbers to the right. */

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Lines of a table; the titles are underlined. Cells must not hold line breaks. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, c) =>
    Math.max(title.length, ...rows.map((row) => (row[c] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, c) => {
        const cell = cells[c] ?? '';
        const width = widths[c] ?? 0;
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map(line),
  ];
}

/** Lines of `name  value`, the names aligned; a value of several lines goes on below itself. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  return facts.flatMap(([name, value]) =>
    value.split('\n').map((line, i) => `${(i === 0 ? name : '').padEnd(width)}  ${line}`),
  );
}
