/** The contract's image sets by the names that this place uses. */

import type { z } from 'zod';
import type {
  imageBoxSchema,
  imageFilterSchema,
  imageItemSchema,
  imageSetSchema,
  imageStatisticsSchema,
} from '../../contract/procedures/images.ts';

export type ImageSet = z.output<typeof imageSetSchema>;
export type ImageItem = z.output<typeof imageItemSchema>;
export type ImageBox = z.output<typeof imageBoxSchema>;
export type ImageFilter = z.output<typeof imageFilterSchema>;
export type ImageStatistics = z.output<typeof imageStatisticsSchema>;

export const everyImage: ImageFilter = { state: 'all', classIndex: null, text: '' };

export function sameFilter(a: ImageFilter, b: ImageFilter): boolean {
  return a.state === b.state && a.classIndex === b.classIndex && a.text === b.text;
}
