/** The part of a report on an int8 engine that tells which nodes it computes in int8, which not, and why. */

export interface LayerSensitivityReport {
  readonly name: string;
  /** Signal to noise where decoding starts with this layer alone in int8, decibels; null for no noise at all. */
  readonly sqnrDb: number | null;
  /** Its part of the summed noise of all measured layers. */
  readonly noiseShare: number;
}

/** An int8 engine with the first so many layers of the sensitivity list in float. */
export interface SearchCandidateReport {
  readonly layersInFloat: number;
  readonly map5095: number;
  /** Against fp32, in points of mAP50-95; negative where it does better. */
  readonly loss: number;
}

/** What was measured of each layer, and where int8 lost more than allowed, the engines that were tried. */
export interface SearchReport {
  /** Points of mAP50-95; null where only sensitivity was asked for. */
  readonly limit: number | null;
  /** Null without a limit. */
  readonly reached: boolean | null;
  /** Of the engine that was taken; layers that the user excluded are not counted. */
  readonly layersInFloat: number;
  /** In the order in which they were tried, the plain engine first; empty without a limit. */
  readonly candidates: readonly SearchCandidateReport[];
  /** Whether --search-minutes ended the measuring of sensitivity or the search. */
  readonly outOfTime: boolean;
  /** File name in the output folder of the engine with no layer returned, where another one was taken. */
  readonly plainEngine: string | null;
  /** Most sensitive first. */
  readonly sensitivity: readonly LayerSensitivityReport[];
}

export interface QuantizationReport {
  readonly quantizedNodes: number;
  readonly floatNodes: number;
  readonly quantizedTensors: number;
  readonly keptFloat: readonly { readonly reason: string; readonly nodes: readonly string[] }[];
  readonly search?: SearchReport | undefined;
}
