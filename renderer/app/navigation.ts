/** Where the user is: one of the places and its parameters, kept in the address so that reload and Back work. */

import { create } from 'zustand';

export const places = ['models', 'images', 'convert', 'compare', 'engines', 'settings'] as const;
export type Place = (typeof places)[number];
export type Params = Readonly<Record<string, string>>;

export interface Location {
  readonly place: Place;
  readonly params: Params;
}

/** Reads `#/compare?run=7`; anything unknown leads to Models. */
export function parseHash(hash: string): Location {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const place = places.find((candidate) => candidate === path);
  if (place === undefined) return { place: 'models', params: {} };
  return { place, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function formatHash({ place, params }: Location): string {
  const query = new URLSearchParams(params).toString();
  return `#/${place}${query === '' ? '' : `?${query}`}`;
}

interface NavigationState extends Location {
  /** Goes to a place; without `params` to where the user last was in it. */
  readonly go: (place: Place, params?: Params) => void;
  /** Changes parameters of the present place without a step in the history; null removes one. */
  readonly setParams: (changes: Readonly<Record<string, string | null>>) => void;
}

/** The parameters that each place was left with. */
const lastParams = new Map<Place, Params>();

function write(hash: string, replace: boolean) {
  if (typeof window === 'undefined' || window.location.hash === hash) return;
  if (replace) window.history.replaceState(null, '', hash);
  else window.history.pushState(null, '', hash);
}

export const useNavigation = create<NavigationState>((set, get) => ({
  ...parseHash(typeof window === 'undefined' ? '' : window.location.hash),
  go: (place, params) => {
    const present = get();
    lastParams.set(present.place, present.params);
    const next = { place, params: params ?? lastParams.get(place) ?? {} };
    lastParams.set(place, next.params);
    write(formatHash(next), false);
    set(next);
  },
  setParams: (changes) => {
    const { place, params } = get();
    const next: Record<string, string> = { ...params };
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) delete next[name];
      else next[name] = value;
    }
    lastParams.set(place, next);
    write(formatHash({ place, params: next }), true);
    set({ params: next });
  },
}));

/** Follows Back, Forward and typed addresses; returns what ends it. */
export function followAddress(): () => void {
  const read = () => useNavigation.setState(parseHash(window.location.hash));
  window.addEventListener('popstate', read);
  window.addEventListener('hashchange', read);
  return () => {
    window.removeEventListener('popstate', read);
    window.removeEventListener('hashchange', read);
  };
}
