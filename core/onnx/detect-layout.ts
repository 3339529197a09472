/** Works out what a detector's outputs mean, from metadata, shapes and the structure of the graph. */

import { Failure } from '../base/failure.ts';
import { GraphEditor, inputsOf } from './graph.ts';
import { readMetadata } from './metadata.ts';
import type { OnnxModel } from './model-file.ts';
import type { LayoutKind, OutputLayout } from './output-layout.ts';
import { rawAnchors, rawHeads, rawStrides } from './raw-heads.ts';
import { valueDims } from './value-info.ts';

type OutputShape = readonly [name: string, dims: readonly number[]];

/** Operators of the kinds asked for, anywhere upstream of an output. */
function hasUpstream(model: OnnxModel, output: string, opTypes: readonly string[]): boolean {
  const graph = model.proto.graph;
  if (!graph) return false;
  const editor = new GraphEditor(graph);
  const seen = new Set<string>();
  const open = [output];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const producer = editor.producerOf(name);
    if (!producer) continue;
    if (opTypes.includes(producer.opType)) return true;
    open.push(...inputsOf(producer));
  }
  return false;
}

/** Names for `count` classes: the metadata's when they are as many. */
function namesFor(count: number, names: readonly string[] | null): string[] {
  return Array.from(
    { length: count },
    (_, i) => (names?.length === count ? names[i] : undefined) ?? `class ${i}`,
  );
}

function none(reason: string): OutputLayout {
  return { kind: 'none', outputs: [], classCount: 0, classNames: [], reason };
}

function single(
  kind: LayoutKind,
  output: string,
  classCount: number,
  names: readonly string[] | null,
  reason: string,
): OutputLayout {
  return { kind, outputs: [output], classCount, classNames: namesFor(classCount, names), reason };
}

/** Classes where the output's shape does not tell: from the metadata, else from the score input of the NMS. */
function classesBehindNms(model: OnnxModel, names: readonly string[] | null): number {
  if (names) return names.length;
  const graph = model.proto.graph;
  const scores = graph?.node.find((node) => node.opType === 'NonMaxSuppression')?.input[1];
  const value = graph?.valueInfo.find((info) => info.name === scores);
  const classes = value && valueDims(value)?.[1];
  return typeof classes === 'number' && classes > 0 ? classes : 1;
}

const sorting = ['NonMaxSuppression', 'TopK', 'EfficientNMS_TRT', 'BatchedNMS_TRT'];

function shapeText(dims: readonly number[]): string {
  return `[${dims.join(', ')}]`;
}

/** A three-dimensional output: rows of boxes in one of three forms. */
function boxLayout(
  model: OnnxModel,
  [name, dims]: OutputShape,
  names: readonly string[] | null,
): OutputLayout {
  const [, rows = 0, columns = 0] = dims;
  const shape = shapeText(dims);
  const classes = names?.length;

  if (columns === 6) {
    const sorts = hasUpstream(model, name, sorting);
    if (sorts || (classes !== undefined && classes !== 1 && rows !== 4 + classes)) {
      const why = sorts
        ? 'boxes are selected inside the model'
        : `${classes} class names leave no other reading`;
      return single('end-to-end', name, classes ?? 1, names, `Output ${name} is ${shape} and ${why}.`);
    }
  }
  if (classes !== undefined) {
    const asYolov5 = columns === 5 + classes;
    const asYolov8 = rows === 4 + classes;
    const stated = `and the metadata names ${classes} classes`;
    if (asYolov5 && asYolov8) {
      return single(
        'yolov5',
        name,
        classes,
        names,
        `Output ${name} is ${shape} ${stated}: both YOLOv5 and YOLOv8 fit, YOLOv5 is taken; set the layout by hand if boxes are wrong.`,
      );
    }
    if (asYolov5)
      return single('yolov5', name, classes, names, `Output ${name} is ${shape}, 5 + C columns, ${stated}.`);
    if (asYolov8)
      return single('yolov8', name, classes, names, `Output ${name} is ${shape}, 4 + C rows, ${stated}.`);
    if (columns === 4 + classes) {
      return none(
        `Output ${name} is ${shape}: 4 + C columns with boxes in rows is a layout that is not decoded here.`,
      );
    }
  }
  if (hasUpstream(model, name, sorting)) {
    return none(`Output ${name} is ${shape} and boxes are selected inside the model, but not as rows of 6.`);
  }
  // Boxes are many and values for each are few.
  const contradiction =
    classes === undefined ? '' : `; the ${classes} names in the metadata do not fit and are not used`;
  if (rows > columns && columns >= 6) {
    return single(
      'yolov5',
      name,
      columns - 5,
      names,
      `Output ${name} is ${shape}: more rows than columns, so 5 + C columns${contradiction}.`,
    );
  }
  if (columns > rows && rows >= 5) {
    return single(
      'yolov8',
      name,
      rows - 4,
      names,
      `Output ${name} is ${shape}: more columns than rows, so 4 + C rows${contradiction}.`,
    );
  }
  return none(`Output ${name} is ${shape}, which fits no detector layout.`);
}

function rawLayout(model: OnnxModel, outputs: readonly OutputShape[]): OutputLayout | undefined {
  const metadata = readMetadata(model);
  const heads =
    rawHeads(outputs, metadata.names?.length) ?? (metadata.names ? undefined : rawHeads(outputs, undefined));
  if (!heads) return undefined;
  const { strides, assumed } = rawStrides(model, heads, metadata);
  const found = rawAnchors(model, heads, strides);
  if (!found) return undefined;
  const classCount = (heads[0]?.perAnchor ?? 5) - 5;
  const strideNote = assumed ? '; a largest stride of 32 is assumed' : '';
  return {
    kind: 'yolov5-raw',
    outputs: heads.map((head) => head.name),
    classCount,
    classNames: namesFor(classCount, metadata.names),
    reason: `${heads.length} outputs of halving size with ${heads[0]?.anchors} x (5 + ${classCount}) numbers a cell; ${found.origin}${strideNote}.`,
    anchors: found.anchors,
    strides,
  };
}

/** The mask output of a segmentation model: its channels are the numbers that each box has beyond its classes. */
function maskOutput(shapes: readonly OutputShape[], names: readonly string[] | null): string | undefined {
  if (!names) return undefined;
  const boxes = shapes.find(([, dims]) => dims.length === 3)?.[1];
  if (!boxes) return undefined;
  const beyond = [(boxes[2] ?? 0) - 5 - names.length, (boxes[1] ?? 0) - 4 - names.length];
  return shapes.find(([, dims]) => dims.length === 4 && beyond.includes(dims[1] ?? 0))?.[0];
}

/** Whether an output is the direct result of a sigmoid, so that decoding it as raw would apply it twice. */
function isActivated(model: OnnxModel, output: string): boolean {
  const node = model.proto.graph?.node.find((n) => n.output.includes(output));
  return node?.opType === 'Sigmoid';
}

function outputShapes(model: OnnxModel, outputDims: ReadonlyMap<string, readonly number[]>): OutputShape[] {
  return (model.proto.graph?.output ?? []).flatMap(({ name }): OutputShape[] => {
    const dims = outputDims.get(name);
    return dims ? [[name, dims]] : [];
  });
}

/**
 * The layout of a model's outputs, with the reason for it in one sentence; `none` for models that are no detectors or
 * of a kind that is not decoded here.
 * @param outputDims shapes of the outputs for one run (`resolveTensorTypes` gives them).
 */
export function detectLayout(
  model: OnnxModel,
  outputDims: ReadonlyMap<string, readonly number[]>,
): OutputLayout {
  const { names, task } = readMetadata(model);
  if (task !== null && task !== 'detect') return none(`The metadata gives the task as ${task}, not detect.`);
  const shapes = outputShapes(model, outputDims);

  const nmsRows = shapes.find(
    ([name, dims]) => dims.length === 2 && dims[1] === 7 && hasUpstream(model, name, sorting),
  );
  if (nmsRows) {
    const reason = `Output ${nmsRows[0]} has 7 columns and NonMaxSuppression is inside the model.`;
    return single('nms-rows', nmsRows[0], classesBehindNms(model, names), names, reason);
  }

  const masks = maskOutput(shapes, names);
  if (masks) {
    return none(`Output ${masks} holds masks: a segmentation model, whose boxes are not decoded here.`);
  }

  // Full YOLOv5 exports give the raw heads beside the decoded output, which is then the one to use.
  let refused: OutputLayout | undefined;
  for (const shape of shapes.filter(([, dims]) => dims.length === 3)) {
    const layout = boxLayout(model, shape, names);
    if (layout.kind !== 'none') return layout;
    refused ??= layout;
  }

  const heads = shapes.filter(([, dims]) => dims.length === 4 || dims.length === 5);
  if (heads.length >= 2) {
    if (heads.some(([name]) => isActivated(model, name))) {
      return none('The heads have passed a sigmoid already; only raw heads are decoded here.');
    }
    const layout = rawLayout(model, heads);
    if (layout) return layout;
    return none(
      `Outputs ${heads.map(([name, dims]) => `${name} ${shapeText(dims)}`).join(', ')} look like heads, but their sizes are not YOLOv5's.`,
    );
  }
  if (refused) return refused;
  const [first] = shapes;
  if (first && shapes.length === 1 && first[1].length === 2) {
    return none(
      `Output ${first[0]} is ${shapeText(first[1])}, one row of scores for each image: a classifier.`,
    );
  }
  const listed = shapes.map(([name, dims]) => `${name} ${shapeText(dims)}`).join(', ');
  return none(`The outputs (${listed || 'none'}) fit no detector layout.`);
}

/** Outputs of this shape could hold the layout; class count by the shape, undefined when it does not fit. */
function classesAs(kind: LayoutKind, dims: readonly number[], fallback: number): number | undefined {
  const [, rows = 0, columns = 0] = dims;
  const rank3 = dims.length === 3;
  switch (kind) {
    case 'yolov5':
      return rank3 && columns >= 6 ? columns - 5 : undefined;
    case 'yolov8':
      return rank3 && rows >= 5 ? rows - 4 : undefined;
    case 'end-to-end':
      return rank3 && columns === 6 ? fallback : undefined;
    case 'nms-rows':
      return dims.length === 2 && dims[1] === 7 ? fallback : undefined;
    default:
      return undefined;
  }
}

/**
 * The layout that the user insists on.
 * @throws {Failure} `bad-usage` when no output has a shape that it could have.
 */
export function layoutFromUser(
  kind: LayoutKind,
  model: OnnxModel,
  outputDims: ReadonlyMap<string, readonly number[]>,
): OutputLayout {
  if (kind === 'none') return none('Set by the user.');
  const { names } = readMetadata(model);
  const shapes = outputShapes(model, outputDims);
  if (kind === 'yolov5-raw') {
    const layout = rawLayout(
      model,
      shapes.filter(([, dims]) => dims.length === 4 || dims.length === 5),
    );
    if (layout) return { ...layout, reason: `Set by the user; ${layout.reason}` };
  } else {
    for (const [name, dims] of shapes) {
      const classes = classesAs(kind, dims, classesBehindNms(model, names));
      if (classes !== undefined) return single(kind, name, classes, names, 'Set by the user.');
    }
  }
  const listed = shapes.map(([name, dims]) => `${name} ${shapeText(dims)}`).join(', ');
  throw new Failure(
    'bad-usage',
    `${model.path} cannot have output layout ${kind}: its outputs are ${listed || 'unknown'}.`,
    'Leave the layout out to have it detected, or choose one that fits.',
  );
}
