/** What each question of the path picker asks for, in words and in kinds of entries. */

import type { ResultOf } from '../../../contract/procedures/index.ts';
import type { PathPurpose } from './choose-path.ts';

type Entry = ResultOf<'host.listFolder'>['entries'][number];

interface PurposeWords {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly example: string;
  readonly nothing: string;
}

export const purposeWords: Readonly<Record<PathPurpose, PurposeWords>> = {
  model: {
    title: 'Choose a model',
    text: 'An ONNX file; external data files lie beside it.',
    confirm: 'Open model',
    example: '/data/models/detector.onnx',
    nothing: 'This folder holds no folders and no .onnx files.',
  },
  images: {
    title: 'Choose images',
    text: 'A folder, read with all folders below it, or a text file with one path on each line.',
    confirm: 'Use images',
    example: '/data/images',
    nothing: 'This folder holds no further folders; use it as it is, or go up.',
  },
  labels: {
    title: 'Choose labels',
    text: 'A COCO .json, a data.yaml, or a folder of YOLO .txt or Pascal VOC .xml files.',
    confirm: 'Use labels',
    example: '/data/annotations/instances_val.json',
    nothing: 'This folder holds no further folders and no label files; use it as it is, or go up.',
  },
  output: {
    title: 'Choose the output folder',
    text: 'Engines, manifests and the report of the run are written there.',
    confirm: 'Use this folder',
    example: '/data/engines',
    nothing: 'This folder is empty; use it as it is, or go up.',
  },
};

/** Whether the answer may be a folder, and which kinds of files it may be. */
export function kindsOf(purpose: PathPurpose): {
  readonly folder: boolean;
  readonly files: readonly Entry['kind'][];
} {
  switch (purpose) {
    case 'model':
      return { folder: false, files: ['model'] };
    case 'images':
      // A list file is an ordinary text file to the host.
      return { folder: true, files: ['other', 'labels'] };
    case 'labels':
      return { folder: true, files: ['labels', 'other'] };
    case 'output':
      return { folder: true, files: [] };
  }
}

const listFile = /\.txt$/i;
const labelFile = /\.(json|ya?ml|xml|txt)$/i;

export type PickerEntry = Entry & { readonly selectable: boolean };

/** Folders, and the files that answer the question; images are shown so that a folder can be recognised. */
export function entriesFor(entries: readonly Entry[], purpose: PathPurpose): readonly PickerEntry[] {
  const { files } = kindsOf(purpose);
  const named = (entry: Entry) => {
    if (purpose === 'images') return listFile.test(entry.name);
    if (purpose === 'labels') return entry.kind === 'labels' || labelFile.test(entry.name);
    return true;
  };
  return entries.flatMap((entry): PickerEntry[] => {
    if (entry.kind === 'folder') return [{ ...entry, selectable: false }];
    if (files.includes(entry.kind) && named(entry)) return [{ ...entry, selectable: true }];
    if (entry.kind === 'image' && purpose === 'images') return [{ ...entry, selectable: false }];
    return [];
  });
}
