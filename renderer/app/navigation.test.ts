import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHash, parseHash, places, useNavigation } from './navigation.ts';

describe('addresses of places', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
          fc.string(),
        ),
        (place, params) => {
          const back = parseHash(formatHash({ place, params }));
          expect(back.place).toBe(place);
          expect({ ...back.params }).toEqual({ ...params });
        },
      ),
    );
  });

  it('lead to Models when they name no place', () => {
    for (const hash of ['', '#', '#/', '#/nowhere?run=1', '#models', '#/constructor']) {
      expect(parseHash(hash).place).toBe('models');
    }
  });
});

describe('going to places', () => {
  it('returns to where the user last was in a place', () => {
    const { go, setParams } = useNavigation.getState();
    go('compare', { run: '7' });
    setParams({ tab: 'classes' });
    go('engines');
    go('compare');
    expect(useNavigation.getState()).toMatchObject({
      place: 'compare',
      params: { run: '7', tab: 'classes' },
    });
    go('compare', {});
    expect(useNavigation.getState().params).toEqual({});
  });

  it('removes a parameter by null and leaves the others', () => {
    const { go, setParams } = useNavigation.getState();
    go('images', { set: 'validation', class: '3' });
    setParams({ class: null, text: 'bolt' });
    expect(useNavigation.getState().params).toEqual({ set: 'validation', text: 'bolt' });
  });
});
