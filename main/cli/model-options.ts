/** Options on how images go into a model and boxes come out, shared by all commands that run one. */

import type { Command } from 'commander';
import { defined, parseNumber, parseNumbers, parseSize, parseWhole } from './command-line.ts';
import { defaults } from './defaults.ts';

export interface ModelOptions {
  readonly size?: { readonly width: number; readonly height: number };
  readonly resize?: string;
  readonly color?: string;
  readonly scale?: number;
  readonly mean?: number[];
  readonly std?: number[];
  readonly pad?: number;
  readonly layout?: string;
  readonly threads?: number;
}

export interface DetectionOptions {
  readonly scoreThreshold?: number;
  readonly iouThreshold?: number;
  readonly maxDetections?: number;
}

export function addModelOptions(command: Command): Command {
  return command
    .optionsGroup('Model and preprocessing:')
    .option('--size <WxH>', 'pixels of the network input (default: what the model says)', parseSize)
    .option('--resize <how>', 'letterbox keeps the ratio and pads, stretch does not (default: letterbox)')
    .option('--color <order>', 'rgb or bgr (default: rgb)')
    .option('--scale <factor>', 'multiplies the 8-bit values (default: 1/255)', parseNumber)
    .option('--mean <a,b,c>', 'subtracted after scaling (default: 0,0,0)', parseNumbers)
    .option('--std <a,b,c>', 'divided by after that (default: 1,1,1)', parseNumbers)
    .option('--pad <value>', '8-bit value of the letterbox border (default: 114)', parseWhole)
    .option(
      '--layout <name>',
      'what the outputs mean: yolov5, yolov8, end-to-end, nms-rows, yolov5-raw or none (default: found out)',
    )
    .option('--threads <n>', 'threads of each engine (default: all cores)', parseWhole);
}

export function addDetectionOptions(command: Command): Command {
  return command
    .optionsGroup('Boxes:')
    .option(
      '--score-threshold <s>',
      `candidates above it count for mAP (default: ${defaults.detection.scoreThreshold})`,
      parseNumber,
    )
    .option(
      '--iou-threshold <t>',
      `overlap from which NMS removes the weaker box of a class (default: ${defaults.detection.iouThreshold})`,
      parseNumber,
    )
    .option(
      '--max-detections <n>',
      `boxes kept in an image (default: ${defaults.detection.maxDetections})`,
      parseWhole,
    );
}

/** The options as fields of a specification; what was not typed is left out. */
export function modelFields({ size, resize, color, scale, mean, std, pad, layout, threads }: ModelOptions): {
  readonly preprocessing: object;
  readonly layout: string | undefined;
  readonly threads: number | undefined;
} {
  const fields = { resize, width: size?.width, height: size?.height, color, scale, mean, std, pad };
  return {
    preprocessing: defined(fields),
    layout,
    threads,
  };
}

export function detectionFields({ scoreThreshold, iouThreshold, maxDetections }: DetectionOptions): {
  readonly scoreThreshold: number | undefined;
  readonly iouThreshold: number | undefined;
  readonly maxDetections: number | undefined;
} {
  return { scoreThreshold, iouThreshold, maxDetections };
}
