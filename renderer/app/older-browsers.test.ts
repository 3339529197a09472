import { describe, expect, it } from 'vitest';
import { fillIn } from './older-browsers.ts';

/** Objects in the place of the language's own, without what an older Chromium lacks. */
function oldScope() {
  return { object: {}, arrays: {}, strings: {}, global: {} };
}

function method(owner: object, name: string, self: unknown, ...given: unknown[]): unknown {
  return Reflect.apply(Reflect.get(owner, name) as (...given: unknown[]) => unknown, self, given);
}

describe('what an older Chromium lacks', () => {
  it('is filled in, does what the language says, and is not enumerable', () => {
    const scope = oldScope();
    fillIn(scope);
    for (const index of [0, 1, -1, -3, -4, 5, 1.7, Number.NaN]) {
      expect(method(scope.arrays, 'at', [1, 2, 3], index)).toBe([1, 2, 3].at(index));
    }
    for (const key of ['a', 'toString', 'missing']) {
      expect(method(scope.object, 'hasOwn', null, { a: 1 }, key)).toBe(Object.hasOwn({ a: 1 }, key));
    }
    expect(method(scope.strings, 'replaceAll', 'a.b.c', '.', '-')).toBe('a-b-c');
    expect(method(scope.strings, 'replaceAll', 'aXbX', /x/gi, '')).toBe('ab');
    const label = { width: 1, points: [{ x: 1 }] };
    const clone = method(scope.global, 'structuredClone', null, label);
    expect(clone).toEqual(label);
    expect(clone).not.toBe(label);
    expect(Object.values(scope).flatMap((owner) => Object.keys(owner))).toEqual([]);
  });

  it('is left alone where it is there', () => {
    const own = () => 'own';
    const scope = { ...oldScope(), arrays: { at: own } };
    fillIn(scope);
    expect(scope.arrays.at).toBe(own);
  });
});
