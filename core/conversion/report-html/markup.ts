/** HTML by tagged templates in which every outside string is escaped unless it is markup already. */

/** Text that is HTML; only `html` and `trusted` make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type MarkupValue = string | number | Markup | null | undefined | false | readonly MarkupValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters that have no place in a page, and those that reverse the direction of the text around them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
const unsafeCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g;

/** Makes a string harmless both between tags and inside quoted attributes. */
export function escapeText(value: string): string {
  return value
    .replace(unsafeCharacters, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function toText(value: MarkupValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(toText).join('');
}

/** Builds markup; interpolated strings are escaped, lists are joined, `null`, `undefined` and `false` are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + toText(values[i - 1]) + part));
}

/** Text written by us, such as a style sheet, that goes in as it is. */
export function trusted(text: string): Markup {
  return new Markup(text);
}
