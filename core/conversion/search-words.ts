/** What the sensitivity of the layers and the search for a limit of the loss came to, in words. */

import { info, warning } from './notes.ts';
import type { Note, SearchReport } from './report.ts';

const layers = (count: number): string => `${count} ${count === 1 ? 'layer' : 'layers'}`;

/** @param planned layers that int8 computes by plan, measured or not */
export function noteOnUnmeasured({ sensitivity }: SearchReport, planned: number): readonly Note[] {
  if (sensitivity.length === planned) return [];
  return [
    warning(
      'sensitivity-incomplete',
      `The sensitivity of ${sensitivity.length} of ${layers(planned)} was measured before the time was used up.`,
      'Give it more with --search-minutes.',
    ),
  ];
}

/** The outcome in one sentence: what the engine that was taken loses, and with how many layers in float; null without a search. */
export function describeSearch(search: SearchReport, planned: number): string | null {
  const { limit, reached, layersInFloat, candidates } = search;
  const taken = candidates.find((candidate) => candidate.layersInFloat === layersInFloat);
  const [plain] = candidates;
  if (limit === null || taken === undefined || plain === undefined || candidates.length < 2) return null;
  // Less than what two decimals show is none, and so is a mAP better than that of fp32.
  const lost = taken.loss < 0.005 ? 'no mAP50-95' : `${taken.loss.toFixed(2)} points of mAP50-95`;
  if (!reached) {
    return `--max-map-loss ${limit} is not reached: best was a loss of ${taken.loss.toFixed(2)} points of mAP50-95 with ${layersInFloat} of ${layers(planned)} returned to float.`;
  }
  return `With ${layersInFloat === 1 ? 'the most sensitive' : `the ${layersInFloat} most sensitive`} of ${layers(planned)} returned to float INT8 loses ${lost} instead of ${plain.loss.toFixed(2)}; --max-map-loss allows ${limit}.`;
}

export function noteOnSearch(search: SearchReport, planned: number, minutes: number): readonly Note[] {
  const sentence = describeSearch(search, planned);
  const tried = search.candidates.length - 1;
  if (sentence === null) {
    if (search.reached !== false) return [];
    return [
      warning(
        'limit-not-reached',
        `No layer was returned to float for --max-map-loss ${search.limit}: ${search.outOfTime ? `the ${minutes} minutes of the search were used up before the first candidate was judged` : 'the model has one layer in int8'}.`,
        search.outOfTime ? 'Give it more time with --search-minutes.' : null,
      ),
    ];
  }
  const engines = `${tried} ${tried === 1 ? 'candidate was' : 'candidates were'} built and evaluated.`;
  const stopped = search.outOfTime && search.sensitivity.length === planned;
  const message = [
    sentence,
    engines,
    ...(stopped ? [`The ${minutes} minutes of --search-minutes ended the search.`] : []),
    ...(search.plainEngine === null
      ? []
      : [`INT8 without layers returned is kept as ${search.plainEngine}.`]),
  ].join(' ');
  const moreTime = search.outOfTime ? 'Give it more time with --search-minutes.' : null;
  if (search.reached) return [info('layers-returned', message, moreTime)];
  return [
    warning('limit-not-reached', message, moreTime ?? 'Try another --method or more calibration images.'),
  ];
}
