/** Decides what a drop onto the window means: a model, images, labels, or a sentence on why it is none of them. */

export interface DroppedItem {
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Null where it is not known. */
  readonly bytes: number | null;
}

export type DropRoute<I extends DroppedItem = DroppedItem> =
  | {
      readonly kind: 'open';
      /** The .onnx first, its external data files after it; empty without a model. */
      readonly model: readonly I[];
      readonly folders: readonly I[];
      readonly images: readonly I[];
      readonly labels: readonly I[];
    }
  | { readonly kind: 'refuse'; readonly message: string; readonly remedy: string };

const imageEndings = new Set(['jpg', 'jpeg', 'png', 'bmp', 'webp', 'tif', 'tiff', 'gif', 'avif']);
const labelEndings = new Set(['json', 'yaml', 'yml', 'xml', 'txt']);
const dataEndings = new Set(['data', 'weights', 'bin']);

/** Formats that people hold out to us, with what they are and the way from there to an ONNX file. */
const foreignFormats: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  pt: [
    'PyTorch weights, which need their Python code to be run',
    'Export them to ONNX first, for YOLO with `yolo export model=NAME format=onnx`, and drop the .onnx file.',
  ],
  engine: [
    'a built TensorRT engine, which cannot be turned back into a model',
    'Drop the ONNX model that it was built from.',
  ],
  tflite: [
    'a TensorFlow Lite model',
    'Convert it with `python -m tf2onnx.convert --tflite NAME --output model.onnx`, and drop the .onnx file.',
  ],
  pb: ['a TensorFlow graph', 'Convert it with `python -m tf2onnx.convert` to ONNX, and drop the .onnx file.'],
  keras: [
    'a Keras model',
    'Export it to ONNX with `model.export(NAME, format="onnx")` or tf2onnx, and drop the .onnx file.',
  ],
  mlmodel: ['a Core ML model', 'Export the original model to ONNX, and drop the .onnx file.'],
  safetensors: ['bare weights without a graph', 'Export the whole model to ONNX, and drop the .onnx file.'],
  ort: ['a model in ONNX Runtime’s own format', 'Drop the ONNX model that it was made from.'],
  zip: ['an archive', 'Unpack it, and drop the .onnx file or the folder of images.'],
  cache: [
    'a calibration cache',
    'Choose it as the calibration cache in Convert; drop a model or images here.',
  ],
  video: ['a video', 'Save some of its frames as JPEG or PNG files, and drop their folder.'],
};

const foreignEndings: Readonly<Record<string, keyof typeof foreignFormats>> = {
  pt: 'pt',
  pth: 'pt',
  torchscript: 'pt',
  ckpt: 'pt',
  engine: 'engine',
  plan: 'engine',
  trt: 'engine',
  tflite: 'tflite',
  pb: 'pb',
  h5: 'keras',
  keras: 'keras',
  mlmodel: 'mlmodel',
  mlpackage: 'mlmodel',
  safetensors: 'safetensors',
  ort: 'ort',
  zip: 'zip',
  tar: 'zip',
  gz: 'zip',
  tgz: 'zip',
  '7z': 'zip',
  rar: 'zip',
  cache: 'cache',
  table: 'cache',
  mp4: 'video',
  mov: 'video',
  avi: 'video',
  mkv: 'video',
};

export function endingOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** Whether a file of a dropped folder is worth sending to the host. */
export function isImageOrLabels(path: string): boolean {
  const ending = endingOf(path.slice(path.lastIndexOf('/') + 1));
  return imageEndings.has(ending) || labelEndings.has(ending);
}

const wanted =
  'Drop one .onnx file, a folder of images, or labels (COCO .json, data.yaml, YOLO .txt, Pascal VOC .xml).';

function refuse(message: string, remedy: string): DropRoute<never> {
  return { kind: 'refuse', message, remedy };
}

/** Why a single file that is none of ours is refused. */
function refuseOne({ name }: DroppedItem): DropRoute<never> {
  const foreign = foreignFormats[foreignEndings[endingOf(name)] ?? ''];
  if (foreign !== undefined) return refuse(`${name} is ${foreign[0]}.`, foreign[1].split('NAME').join(name));
  const ending = endingOf(name);
  return refuse(
    ending === ''
      ? `${name} has no ending that tells what it is.`
      : `${name} is neither a model, nor an image, nor labels.`,
    wanted,
  );
}

/** The endings of many files with their counts, most first: `30 .pt, 12 .log and 3 more kinds`. */
function kindsInWords(items: readonly DroppedItem[]): string {
  const counts = new Map<string, number>();
  for (const { name } of items) {
    const kind = endingOf(name) === '' ? 'without ending' : `.${endingOf(name)}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].sort((left, right) => right[1] - left[1]);
  const named = sorted.slice(0, 3).map(([kind, count]) => `${count} ${kind}`);
  const rest = sorted.length - named.length;
  return rest > 0
    ? `${named.join(', ')} and ${rest} more ${rest === 1 ? 'kind' : 'kinds'}`
    : named.join(', ');
}

export function routeDrop<I extends DroppedItem>(items: readonly I[]): DropRoute<I> {
  if (items.length === 0) {
    return refuse('What was dropped is not a file.', wanted);
  }
  // macOS hands a .mlpackage over as a folder.
  const folders = items.filter((item) => item.kind === 'folder' && endingOf(item.name) !== 'mlpackage');
  const files = items.filter((item) => !folders.includes(item));
  const byEnding = (endings: ReadonlySet<string>) => files.filter(({ name }) => endings.has(endingOf(name)));

  const models = files.filter(({ name }) => endingOf(name) === 'onnx');
  const data = files.filter(({ name }) => dataEndings.has(endingOf(name)) || /\.onnx[._]data/i.test(name));
  const images = byEnding(imageEndings);
  const labels = byEnding(labelEndings);
  const known = new Set<I>([...models, ...data, ...images, ...labels]);
  const others = files.filter((file) => !known.has(file));

  const [model, ...moreModels] = models;
  if (moreModels.length > 0) {
    return refuse(
      `${models.length} models were dropped at once: ${models
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ')}${models.length > 3 ? ', …' : ''}.`,
      'Drop one of them; runs of several models are queued one after another in Convert.',
    );
  }
  if (model?.bytes === 0) {
    return refuse(
      `${model.name} is empty.`,
      'If it is still being written or copied, wait until that is done and drop it again.',
    );
  }
  if (model === undefined && data.length > 0 && data.length === items.length) {
    return refuse(
      `${data[0]?.name ?? 'This file'} holds only the weights of a model.`,
      'Drop the .onnx file together with it.',
    );
  }
  if (others.length > 0) {
    const [only] = others;
    if (items.length === 1 && only !== undefined) return refuseOne(only);
    if (folders.length === 0 && model === undefined && others.length === items.length && only !== undefined) {
      const same = others.every(({ name }) => endingOf(name) === endingOf(only.name));
      if (same && foreignEndings[endingOf(only.name)] !== undefined) return refuseOne(only);
    }
    return refuse(
      `It is not clear what these ${items.length} files are for: ${kindsInWords(files)}.`,
      wanted,
    );
  }
  if (folders.length > 1) {
    return refuse(
      `${folders.length} folders were dropped at once.`,
      'Drop one folder of images; folders below it are read too.',
    );
  }
  return {
    kind: 'open',
    model: model === undefined ? [] : [model, ...data],
    folders,
    images,
    labels,
  };
}
