import { describe, expect, it } from 'vitest';
import { findDecodeTail } from './decode-tail.ts';
import { attribute, makeNode } from './graph.ts';
import { readModel } from './model-file.ts';
import { floatTensor, int64Tensor } from './tensors.ts';
import { buildModel, seededValues } from './testing/build-model.ts';
import { fixtureModels, fixtureNote, fixturePath, haveFixtures } from './testing/fixtures.ts';

function conv(name: string, input: string, weight: string, ...rest: string[]) {
  return makeNode('Conv', { name, inputs: [input, weight, ...rest], outputs: [`${name}_out`] });
}

/** A head in the manner of YOLOv8: box bins through softmax and a fixed convolution, class scores beside. */
function distributionHead(weights: Float32Array) {
  return buildModel({
    inputs: [{ name: 'images', dims: [1, 3, 4, 4] }],
    outputs: [{ name: 'out', dims: [1, 7, 16] }],
    nodes: [
      conv('trunk', 'images', 'w_trunk'),
      makeNode('Relu', { name: 'relu', inputs: ['trunk_out'], outputs: ['features'] }),
      conv('box', 'features', 'w_box'),
      conv('cls', 'features', 'w_cls'),
      makeNode('Reshape', { name: 'bins', inputs: ['box_out', 'bins_shape'], outputs: ['bins_out'] }),
      makeNode('Transpose', {
        name: 'turn',
        inputs: ['bins_out'],
        outputs: ['turned'],
        attributes: [attribute.ints('perm', [0, 2, 1, 3])],
      }),
      makeNode('Softmax', {
        name: 'softmax',
        inputs: ['turned'],
        outputs: ['probabilities'],
        attributes: [attribute.int('axis', 1)],
      }),
      conv('dfl', 'probabilities', 'w_dfl'),
      makeNode('Reshape', { name: 'sides', inputs: ['dfl_out', 'sides_shape'], outputs: ['sides_out'] }),
      makeNode('Shape', { name: 'shape', inputs: ['images'], outputs: ['image_shape'] }),
      makeNode('Cast', {
        name: 'cast',
        inputs: ['image_shape'],
        outputs: ['image_size'],
        attributes: [attribute.int('to', 1)],
      }),
      makeNode('ReduceMax', {
        name: 'size',
        inputs: ['image_size'],
        outputs: ['size_out'],
        attributes: [attribute.int('keepdims', 0)],
      }),
      makeNode('Mul', { name: 'scale', inputs: ['sides_out', 'size_out'], outputs: ['boxes'] }),
      makeNode('Reshape', { name: 'flat', inputs: ['cls_out', 'cls_shape'], outputs: ['cls_flat'] }),
      makeNode('Sigmoid', { name: 'sigmoid', inputs: ['cls_flat'], outputs: ['scores'] }),
      makeNode('Concat', {
        name: 'concat',
        inputs: ['boxes', 'scores'],
        outputs: ['out'],
        attributes: [attribute.int('axis', 1)],
      }),
    ],
    initializers: [
      floatTensor('w_trunk', [8, 3, 1, 1], seededValues(24)),
      floatTensor('w_box', [64, 8, 1, 1], seededValues(512)),
      floatTensor('w_cls', [3, 8, 1, 1], seededValues(24)),
      floatTensor('w_dfl', [1, 16, 1, 1], weights),
      int64Tensor('bins_shape', [4], [1, 4, 16, 16]),
      int64Tensor('sides_shape', [3], [1, 4, 16]),
      int64Tensor('cls_shape', [3], [1, 3, 16]),
    ],
  });
}

const namesOf = (nodes: Iterable<{ name: string }>) => [...nodes].map((node) => node.name);

describe('findDecodeTail', () => {
  it("counts the fixed convolution of YOLOv8's box decoding to the tail", () => {
    const tail = findDecodeTail(distributionHead(Float32Array.from({ length: 16 }, (_, i) => i)));
    expect(tail.headTensors).toEqual(['box_out', 'cls_out']);
    expect(namesOf(tail.nodes)).toEqual(
      'bins turn softmax dfl sides shape cast size scale flat sigmoid concat'.split(' '),
    );
  });

  it('takes the same convolution with other weights for a learned layer', () => {
    const tail = findDecodeTail(distributionHead(seededValues(16)));
    expect(tail.headTensors).toEqual(['cls_out', 'dfl_out']);
    expect(namesOf(tail.nodes)).not.toContain('softmax');
  });

  it('does not count a layer whose shape alone is read', () => {
    const tail = findDecodeTail(
      buildModel({
        inputs: [{ name: 'images', dims: [1, 3, 4, 4] }],
        outputs: [{ name: 'y', dims: [1, 8, 4, 4] }],
        nodes: [
          conv('trunk', 'images', 'w'),
          makeNode('Shape', { name: 'shape', inputs: ['trunk_out'], outputs: ['size'] }),
          conv('head', 'trunk_out', 'v'),
          makeNode('Reshape', { name: 'reshape', inputs: ['head_out', 'size'], outputs: ['y'] }),
        ],
        initializers: [
          floatTensor('w', [8, 3, 1, 1], seededValues(24)),
          floatTensor('v', [8, 8, 1, 1], seededValues(64)),
        ],
      }),
    );
    expect(tail.headTensors).toEqual(['head_out']);
    expect(namesOf(tail.nodes)).toEqual(['shape', 'reshape']);
  });

  it('ends a transformer head at its last matrix product', () => {
    const tail = findDecodeTail(
      buildModel({
        inputs: [{ name: 'tokens', dims: [1, 4, 16] }],
        outputs: [{ name: 'y', dims: [1, 4, 4] }],
        nodes: [
          makeNode('MatMul', { name: 'layer', inputs: ['tokens', 'w'], outputs: ['hidden'] }),
          makeNode('Sigmoid', { name: 'sigmoid', inputs: ['hidden'], outputs: ['boxes'] }),
          makeNode('MatMul', { name: 'corners', inputs: ['boxes', 'turn'], outputs: ['y'] }),
        ],
        initializers: [
          floatTensor('w', [16, 8], seededValues(128)),
          floatTensor('turn', [8, 4], seededValues(32)),
        ],
      }),
    );
    expect(tail.headTensors).toEqual(['hidden']);
    expect(namesOf(tail.nodes)).toEqual(['sigmoid', 'corners']);
  });

  it('is empty where convolutions are the outputs', () => {
    const tail = findDecodeTail(
      buildModel({
        inputs: [{ name: 'images', dims: [1, 3, 4, 4] }],
        outputs: [
          { name: 'a_out', dims: [1, 8, 4, 4] },
          { name: 'b_out', dims: [1, 8, 4, 4] },
        ],
        nodes: [conv('a', 'images', 'w'), conv('b', 'a_out', 'v')],
        initializers: [
          floatTensor('w', [8, 3, 1, 1], seededValues(24)),
          floatTensor('v', [8, 8, 1, 1], seededValues(64)),
        ],
      }),
    );
    expect(tail.nodes.size).toBe(0);
    expect(tail.headTensors).toEqual(['a_out', 'b_out']);
  });
});

describe.skipIf(!haveFixtures)(`fixture models${fixtureNote}`, () => {
  const heads = [0, 1, 2].map((level) => `/model.24/m.${level}/Conv_output_0`);

  it.each(fixtureModels)('%s: the heads are the three output convolutions', async (name) => {
    const model = await readModel(fixturePath(name));
    const tail = findDecodeTail(model);
    expect(tail.headTensors).toEqual(heads);
    const inHead = (node: { name: string }) =>
      node.name.startsWith('/model.24/') && !/\/m\.\d\/Conv$/.test(node.name);
    const expected = new Set(model.proto.graph!.node.filter(inHead));
    const added = new Set(model.proto.graph!.node.filter((node) => /^(tail_|nms_|output0)/.test(node.name)));
    expect(namesOf(tail.nodes).sort()).toEqual(namesOf([...expected, ...added]).sort());
  });

  it('parts: the heads are the three output convolutions', async () => {
    const tail = findDecodeTail(await readModel(fixturePath('parts')));
    expect(tail.headTensors).toEqual([0, 1, 2].map((level) => `/heads/convs.${level}/Conv_output_0`));
  });
});
