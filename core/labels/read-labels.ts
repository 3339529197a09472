/** Reads labels of any of the three forms, told apart by content. */

import { stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { Failure } from '../base/failure.ts';
import { fileFailure } from '../base/files.ts';
import { throwIfCancelled } from '../base/work.ts';
import type { ImageSet } from '../images/image-set.ts';
import { readCoco } from './coco.ts';
import { readDataYaml } from './data-yaml.ts';
import type { GroundTruth } from './ground-truth.ts';
import type { LabelOptions } from './label-options.ts';
import { listFiles, readText, withExtension } from './text-files.ts';
import { readVocFolder } from './voc.ts';
import { isYoloLabelFile, readYoloDataSet, readYoloFolder } from './yolo.ts';

const remedy =
  'Name a COCO .json, a data.yaml, a folder of YOLO .txt files or a folder of Pascal VOC .xml files.';

async function readLabelFile(
  source: string,
  imageSet: ImageSet,
  options: LabelOptions,
): Promise<GroundTruth> {
  const text = await readText(source);
  const start = text.trimStart()[0];
  if (start === undefined) throw new Failure('bad-input', `${source} is empty.`, remedy);
  // YAML flow style starts like JSON, but no data.yaml is written in it.
  if (start === '{' || start === '[') {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Failure('bad-input', `${source} is not valid JSON: ${reason}.`, remedy, { cause: error });
    }
    return readCoco(json, source, imageSet, options);
  }
  if (start === '<') {
    throw new Failure(
      'bad-input',
      `${source} is one XML file; Pascal VOC labels are a folder of them.`,
      'Name the folder that holds the XML files.',
    );
  }
  if (['.yaml', '.yml'].includes(extname(source).toLowerCase()) || /^names\s*:/m.test(text)) {
    return readYoloDataSet(await readDataYaml(source), imageSet, options);
  }
  const found = text.trimStart().split(/\r?\n/)[0]?.slice(0, 40);
  throw new Failure(
    'bad-input',
    `${source} holds no labels that are known; it starts with "${found}".`,
    remedy,
  );
}

async function readLabelFolder(
  source: string,
  imageSet: ImageSet,
  options: LabelOptions,
): Promise<GroundTruth> {
  const files = await listFiles(source, options);
  const xml = withExtension(files, '.xml');
  const text = files.filter(isYoloLabelFile);
  const json = withExtension(files, '.json');
  const folder = resolve(source);
  const yaml = withExtension(files, '.yaml', '.yml').find((path) => dirname(resolve(path)) === folder);
  // The root of a YOLO data set: its data.yaml says where the labels are, whatever else lies below.
  if (yaml !== undefined) return readLabelFile(yaml, imageSet, options);
  if (xml.length > 0 && xml.length >= text.length) return readVocFolder(source, imageSet, options);
  if (text.length > 0) return readYoloFolder(source, imageSet, options);
  const [onlyJson] = json;
  if (json.length === 1 && onlyJson !== undefined) return readLabelFile(onlyJson, imageSet, options);
  if (json.length > 1) {
    throw new Failure(
      'bad-input',
      `${source} holds ${json.length} JSON files, and which of them are the labels is not clear.`,
      'Name the one file that holds the labels.',
    );
  }
  const found =
    files.length === 0 ? 'is empty' : `holds ${files.length} files, none of them .txt, .xml or .json`;
  throw new Failure('bad-input', `The label folder ${source} ${found}.`, remedy);
}

/**
 * The labels of `imageSet` in `source`: a COCO detection .json, the data.yaml of a YOLO data set, a folder of YOLO
 * .txt or of Pascal VOC .xml files (or a folder that holds one .json or .yaml). Images come in the order of the set.
 * What was wrong but could be dealt with is in `warnings`. Fails with `bad-input`, naming what was expected and
 * what was found, when nothing in `source` can be used for these images.
 */
export async function readLabels(
  source: string,
  imageSet: ImageSet,
  options: LabelOptions = {},
): Promise<GroundTruth> {
  throwIfCancelled(options.signal);
  let isFolder: boolean;
  try {
    isFolder = (await stat(source)).isDirectory();
  } catch (error) {
    throw fileFailure(error, source, 'read');
  }
  return isFolder ? readLabelFolder(source, imageSet, options) : readLabelFile(source, imageSet, options);
}
