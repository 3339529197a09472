/** Finds files of equal contents while reading as little as possible: sizes first, then beginnings, then all bytes. */

/** `head`: of the first bytes, `whole`: of all. */
export type DigestKind = 'head' | 'whole';

export interface DigestRequest {
  readonly index: number;
  readonly kind: DigestKind;
}

interface Group {
  readonly first: number;
  /** The first of a group is asked about when a second comes. */
  asked: boolean;
}

/**
 * Fed with sizes and with the digests that it asks for, in the order of the set, it tells which file repeats which. A
 * digest is only ever asked of files that agree in all that is known so far.
 */
export class DuplicateFinder {
  readonly #sizes = new Map<number, Group>();
  readonly #heads = new Map<string, Group>();
  readonly #wholes = new Map<string, number>();
  readonly #sizeOf = new Map<number, number>();

  /** @returns what has to be digested now */
  addSize(index: number, bytes: number): DigestRequest[] {
    this.#sizeOf.set(index, bytes);
    return join(this.#sizes, bytes, index, 'head');
  }

  /** @param digest of the file's first bytes */
  addHead(index: number, digest: string): DigestRequest[] {
    return join(this.#heads, `${this.#sizeOf.get(index)} ${digest}`, index, 'whole');
  }

  /**
   * @param digest of all bytes of the file
   * @returns the index of the file that it repeats, undefined when it is the first of its contents
   */
  addWhole(index: number, digest: string): number | undefined {
    const first = this.#wholes.get(digest);
    if (first === undefined) this.#wholes.set(digest, index);
    return first;
  }
}

function join<Key>(groups: Map<Key, Group>, key: Key, index: number, kind: DigestKind): DigestRequest[] {
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, { first: index, asked: false });
    return [];
  }
  const own = { index, kind };
  if (group.asked) return [own];
  group.asked = true;
  return [{ index: group.first, kind }, own];
}
