/**
 * What libraries take for granted and Chromium 83 does not have yet; where it is there already, nothing is touched.
 * Imported first by the window and by its workers.
 */

/** The objects that may lack something. */
export interface LanguageScope {
  readonly object: object;
  readonly arrays: object;
  readonly strings: object;
  readonly global: object;
}

/** Defines a missing method as the language does: not enumerable, so that no loop meets it. */
function define(owner: object, name: string, value: unknown): void {
  if (!(name in owner)) Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

function hasOwn(owner: object, key: PropertyKey): boolean {
  // biome-ignore lint/suspicious/noPrototypeBuiltins: this is what stands in for Object.hasOwn
  return Object.prototype.hasOwnProperty.call(owner, key);
}

function at(this: ArrayLike<unknown>, index: number): unknown {
  const whole = Math.trunc(index) || 0;
  return this[whole < 0 ? this.length + whole : whole];
}

function replaceAll(this: string, search: string | RegExp, replacement: string): string {
  return typeof search === 'string'
    ? this.split(search).join(replacement)
    : this.replace(search, replacement);
}

/** Enough for what is cloned here: plain data, the labels of a graph. */
function structuredClone(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export function fillIn({ object, arrays, strings, global }: LanguageScope): void {
  define(object, 'hasOwn', hasOwn);
  define(arrays, 'at', at);
  define(strings, 'replaceAll', replaceAll);
  define(global, 'structuredClone', structuredClone);
}

fillIn({ object: Object, arrays: Array.prototype, strings: String.prototype, global: globalThis });
