/** The places of the window in the order of work, with what each is for. */

import { lazy, type ReactNode } from 'react';
import {
  CompareIcon,
  ConvertIcon,
  EnginesIcon,
  ImagesIcon,
  ModelIcon,
  SettingsIcon,
} from '../design/icons.tsx';
import type { Place } from './navigation.ts';

interface PlaceEntry {
  readonly place: Place;
  readonly title: string;
  readonly icon: ReactNode;
  readonly shortcut: string;
}

export const placeList: readonly PlaceEntry[] = [
  { place: 'models', title: 'Models', icon: <ModelIcon />, shortcut: 'Alt+1' },
  { place: 'images', title: 'Images', icon: <ImagesIcon />, shortcut: 'Alt+2' },
  { place: 'convert', title: 'Convert', icon: <ConvertIcon />, shortcut: 'Alt+3' },
  { place: 'compare', title: 'Compare', icon: <CompareIcon />, shortcut: 'Alt+4' },
  { place: 'engines', title: 'Engines', icon: <EnginesIcon />, shortcut: 'Alt+5' },
  { place: 'settings', title: 'Settings', icon: <SettingsIcon />, shortcut: 'Alt+6' },
];

const load = {
  models: async () => ({ default: (await import('../models/models-place.tsx')).ModelsPlace }),
  images: async () => ({ default: (await import('../images/images-place.tsx')).ImagesPlace }),
  convert: async () => ({ default: (await import('../convert/convert-place.tsx')).ConvertPlace }),
  compare: async () => ({ default: (await import('../compare/compare-place.tsx')).ComparePlace }),
  engines: async () => ({ default: (await import('../engines/engines-place.tsx')).EnginesPlace }),
  settings: async () => ({ default: (await import('../settings/settings-place.tsx')).SettingsPlace }),
};

/** Each place is a file of its own, fetched when it is first needed or when the window has time. */
export const placeComponents = {
  models: lazy(load.models),
  images: lazy(load.images),
  convert: lazy(load.convert),
  compare: lazy(load.compare),
  engines: lazy(load.engines),
  settings: lazy(load.settings),
} satisfies Record<Place, unknown>;

/** Fetches all places, so that going to one does not wait. */
export function fetchPlaces(): void {
  for (const fetchPlace of Object.values(load)) void fetchPlace().catch(() => undefined);
}
