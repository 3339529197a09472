/** Reads Python literals, as exporters write dictionaries and lists into a model's metadata; nothing is evaluated. */

export type PythonKey = string | number | boolean | null;

export type PythonValue = PythonKey | readonly PythonValue[] | ReadonlyMap<PythonKey, PythonValue>;

/** Nesting beyond this is refused, so that hostile text cannot exhaust the stack. */
const deepest = 64;

class NotALiteral extends Error {}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
};

const hexDigits: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** `true`, `false` and `null` are JSON's words for the same, which some exporters write. */
const words: Readonly<Record<string, PythonKey>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};

const numberPattern =
  /[+-]?(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): PythonValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new NotALiteral();
    return value;
  }

  #skipSpace(): void {
    while (/[ \t\r\n\f]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  /** Steps over `token` when it comes next. */
  #take(token: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #value(depth: number): PythonValue {
    if (depth > deepest) throw new NotALiteral();
    if (this.#take('{')) return this.#braces(depth);
    if (this.#take('[')) return this.#items(']', depth).items;
    if (this.#take('(')) {
      const { items, trailingComma } = this.#items(')', depth);
      // One value in parentheses is a tuple only with a comma.
      return items.length === 1 && !trailingComma ? (items[0] as PythonValue) : items;
    }
    this.#skipSpace();
    const rest = this.#text.slice(this.#at, this.#at + 6);
    if (/^[uU]?['"]/.test(rest)) return this.#strings();
    const word = /^[A-Za-z]+/.exec(rest)?.[0];
    if (word !== undefined && Object.hasOwn(words, word)) {
      this.#at += word.length;
      return words[word] as PythonKey;
    }
    return this.#number();
  }

  #items(close: string, depth: number): { items: PythonValue[]; trailingComma: boolean } {
    const items: PythonValue[] = [];
    let trailingComma = false;
    while (!this.#take(close)) {
      if (items.length > 0 && !trailingComma) throw new NotALiteral();
      items.push(this.#value(depth + 1));
      trailingComma = this.#take(',');
    }
    return { items, trailingComma };
  }

  /** After `{`: a dictionary, or a set, which is given as a list. `{}` is a dictionary. */
  #braces(depth: number): PythonValue {
    const map = new Map<PythonKey, PythonValue>();
    if (this.#take('}')) return map;
    const first = this.#value(depth + 1);
    if (!this.#take(':')) {
      if (this.#take('}')) return [first];
      if (!this.#take(',')) throw new NotALiteral();
      return [first, ...this.#items('}', depth).items];
    }
    map.set(keyOf(first), this.#value(depth + 1));
    while (!this.#take('}')) {
      if (!this.#take(',')) throw new NotALiteral();
      if (this.#take('}')) break;
      const key = keyOf(this.#value(depth + 1));
      if (!this.#take(':')) throw new NotALiteral();
      map.set(key, this.#value(depth + 1));
    }
    return map;
  }

  #number(): number {
    numberPattern.lastIndex = this.#at;
    const found = numberPattern.exec(this.#text)?.[0];
    if (found === undefined || found === '.') throw new NotALiteral();
    this.#at += found.length;
    // `1j`, `1x`, `12abc` are no numbers.
    if (/[\w.]/.test(this.#text[this.#at] ?? '')) throw new NotALiteral();
    const negative = found.startsWith('-');
    const digits = found.replace(/^[+-]/, '').replaceAll('_', '');
    // Python refuses 012.
    if (/^0\d/.test(digits) && /^\d*[1-9]\d*$/.test(digits)) throw new NotALiteral();
    const value = Number(digits);
    if (Number.isNaN(value)) throw new NotALiteral();
    return negative ? -value : value;
  }

  /** Strings side by side are one string. */
  #strings(): string {
    let result = '';
    do {
      if (/[uU]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
      result += this.#string();
      this.#skipSpace();
    } while (/^[uU]?['"]/.test(this.#text.slice(this.#at, this.#at + 2)));
    return result;
  }

  #string(): string {
    const quote = this.#text[this.#at] as string;
    if (this.#text.startsWith(quote.repeat(3), this.#at)) throw new NotALiteral();
    this.#at += 1;
    let result = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') throw new NotALiteral();
      this.#at += 1;
      if (char === quote) return result;
      result += char === '\\' ? this.#escape() : char;
    }
  }

  /** After a backslash. Python keeps the backslash of an escape that it does not know. */
  #escape(): string {
    const char = this.#text[this.#at];
    if (char === undefined) throw new NotALiteral();
    const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at, this.#at + 3))?.[0];
    if (octal !== undefined) {
      this.#at += octal.length;
      return String.fromCharCode(Number.parseInt(octal, 8));
    }
    this.#at += 1;
    const simple = Object.hasOwn(simpleEscapes, char) ? simpleEscapes[char] : undefined;
    if (simple !== undefined) return simple;
    const width = Object.hasOwn(hexDigits, char) ? hexDigits[char] : undefined;
    if (width === undefined) {
      if (char === 'N') throw new NotALiteral();
      return `\\${char}`;
    }
    const hex = this.#text.slice(this.#at, this.#at + width);
    const code = Number.parseInt(hex, 16);
    if (!/^[\da-fA-F]+$/.test(hex) || hex.length !== width || code > 0x10ffff) throw new NotALiteral();
    this.#at += width;
    return String.fromCodePoint(code);
  }
}

function keyOf(value: PythonValue): PythonKey {
  if (value !== null && typeof value === 'object') throw new NotALiteral();
  return value;
}

/**
 * The value of a text that is one Python literal: None, True, False, a number, a string, or a list, tuple, set or dict of
 * such (dict keys are not nested). JSON is accepted too.
 * @returns undefined when the text is anything else.
 */
export function parsePythonLiteral(text: string): PythonValue | undefined {
  try {
    return new Reader(text).document();
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}
