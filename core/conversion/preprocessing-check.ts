/** Judges how the model does with its preprocessing and with the variants of it, and offers one that is clearly better. */

import { info, warning } from './notes.ts';
import type { Note, PreprocessingCheckReport, TriedPreprocessing } from './report.ts';

/** Labelled images that are tried at most. */
export const mostCheckedImages = 20;

/**
 * What "clearly better" means: on 20 images the mAP of two sound ways of preparing them differs by a few points by
 * chance, and a wrong one usually costs most of it. Both bounds must be met.
 */
export const clearlyBetter = { points: 5, ratio: 1.2 } as const;

/** On fewer images nothing is offered and nothing confirmed. */
const fewestImages = 5;

/** Variants this close count as equally good, in points of mAP50-95: then the one with the fewest changes is offered. */
const asGoodPoints = 2;

/** Below this mAP50-95 the model finds so little that no preprocessing can be called right. */
const findsLittle = 0.05;

/** A variant with its figures; the more it changes, the less likely it is. */
export type JudgedVariant = TriedPreprocessing & { readonly changes: number };

function isClearlyBetter(variant: JudgedVariant, own: JudgedVariant): boolean {
  const gain = variant.map5095 - own.map5095;
  return gain >= clearlyBetter.points / 100 && variant.map5095 >= clearlyBetter.ratio * own.map5095;
}

function bestOf<T extends TriedPreprocessing>(variants: readonly T[]): T | undefined {
  return variants.toSorted((a, b) => b.map5095 - a.map5095)[0];
}

/** The variant to offer, or undefined where none is clearly better than the run's own. */
function chooseOffer(own: JudgedVariant, others: readonly JudgedVariant[]): JudgedVariant | undefined {
  const better = others.filter((variant) => isClearlyBetter(variant, own));
  const best = bestOf(better);
  if (best === undefined) return undefined;
  return better
    .filter(({ map5095 }) => map5095 >= best.map5095 - asGoodPoints / 100)
    .toSorted((a, b) => a.changes - b.changes || b.map5095 - a.map5095)[0];
}

/**
 * @param own the run's own preprocessing
 * @param others those that give other tensors on at least one of the images
 */
export function judgePreprocessing(
  images: number,
  own: JudgedVariant,
  others: readonly JudgedVariant[],
): PreprocessingCheckReport {
  const offer = images < fewestImages ? undefined : chooseOffer(own, others);
  return {
    images,
    variants: [own, ...others].map(({ options, preprocessing, map50, map5095 }) => ({
      options,
      preprocessing,
      map50,
      map5095,
    })),
    offered: offer?.options ?? null,
  };
}

const map = (value: number): string => value.toFixed(3);

/** Some properties do not matter to a model, such as the order of colours for parts of grey metal. */
function notToldApart(own: TriedPreprocessing, others: readonly TriedPreprocessing[]): string {
  const equal = others.filter(({ map5095 }) => Math.abs(map5095 - own.map5095) < asGoodPoints / 100);
  if (equal.length === 0) return '';
  const names = equal.map(({ options }) => options).join(' or ');
  return ` These images do not tell it from ${names}, with which the accuracy is about the same.`;
}

/** What is to be said of a check. */
export function notesOnPreprocessing({ images, variants, offered }: PreprocessingCheckReport): Note[] {
  const [own, ...others] = variants;
  const best = bestOf(others);
  if (own === undefined || best === undefined) return [];
  const offer = others.find(({ options }) => options === offered);
  if (offer !== undefined) {
    return [
      warning(
        'preprocessing-doubtful',
        `On ${images} labelled images the model reaches a mAP50-95 of ${map(own.map5095)} with this preprocessing and of ${map(offer.map5095)} with ${offer.options}, one of ${others.length} variants tried: the images are probably not prepared as in training.`,
        `Run again with ${offer.options}.`,
      ),
    ];
  }
  const figures = `mAP50-95 is ${map(own.map5095)}, and of ${others.length} variants of colour order, scale and resizing the best (${best.options}) reaches ${map(best.map5095)}`;
  if (images < fewestImages) {
    return [
      info(
        'preprocessing-not-checked',
        `The preprocessing was tried on ${images} labelled ${images === 1 ? 'image' : 'images'} only, too few to judge it: ${figures}.`,
        `Label at least ${fewestImages} images.`,
      ),
    ];
  }
  if (own.map5095 < findsLittle) {
    return [
      info(
        'preprocessing-not-confirmed',
        `The preprocessing is not confirmed by ${images} labelled images, since the model finds little with any: ${figures}.`,
        'Check --size, --mean, --std and --layout, and that the labels belong to these images and classes.',
      ),
    ];
  }
  return [
    info(
      'preprocessing-confirmed',
      `The preprocessing is confirmed by ${images} labelled images: ${figures}, which is not clearly better (${clearlyBetter.points} points and ${clearlyBetter.ratio} times).${notToldApart(own, others)}`,
    ),
  ];
}
