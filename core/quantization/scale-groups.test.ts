import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScaleGroups } from './scale-groups.ts';

describe('ScaleGroups', () => {
  it('joins transitively and keeps the rest apart', () => {
    const groups = new ScaleGroups();
    for (const name of ['a', 'b', 'c', 'd']) groups.add(name);
    groups.join('a', 'b');
    groups.join('c', 'b');
    expect(groups.groups()).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('equals the connected components of the joins', () => {
    const pair = fc.tuple(fc.nat(12), fc.nat(12));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), (joins) => {
        const groups = new ScaleGroups();
        for (let i = 0; i <= 12; i++) groups.add(String(i));
        const component = Array.from({ length: 13 }, (_, i) => i);
        for (const [a, b] of joins) {
          groups.join(String(a), String(b));
          const [from, to] = [component[b], component[a]];
          component.forEach((c, i) => {
            if (c === from) component[i] = to!;
          });
        }
        const seen = new Map<string, number>();
        groups.groups().forEach((group, index) => {
          for (const name of group) seen.set(name, index);
        });
        for (let a = 0; a <= 12; a++) {
          for (let b = 0; b <= 12; b++) {
            expect(seen.get(String(a)) === seen.get(String(b))).toBe(component[a] === component[b]);
          }
        }
      }),
    );
  });
});
