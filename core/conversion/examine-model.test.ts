import { describe, expect, it } from 'vitest';
import { makeNode } from '../onnx/graph.ts';
import { buildModel } from '../onnx/testing/build-model.ts';
import { examineModel } from './examine-model.ts';
import { parseSpecification } from './specification.ts';

/** An image in, one tensor of the shape [1, ...dims] out. */
function shaped(...dims: readonly number[]) {
  const side = 8;
  const flat = 3 * side * side;
  if (dims.reduce((product, size) => product * size, 1) !== flat) throw new Error('other number of values');
  return buildModel({
    inputs: [{ name: 'images', dims: [1, 3, side, side] }],
    outputs: [{ name: 'scores', dims: [1, ...dims] }],
    nodes: [
      dims.length === 1
        ? makeNode('Flatten', { name: 'flat', inputs: ['images'], outputs: ['scores'] })
        : makeNode('Relu', { name: 'same', inputs: ['images'], outputs: ['scores'] }),
    ],
  });
}

const choices = (layout: 'auto' | 'none') =>
  parseSpecification({ model: 'm.onnx', out: 'o', precisions: ['fp32'], layout });

describe('examineModel', () => {
  it.each([
    [[192], /\(output scores is \[1, 192\], one row of scores for each image: a classifier\)\.$/],
    [[3, 8, 8], /\(the outputs \(scores \[1, 3, 8, 8\]\) fit no detector layout\)\.$/],
  ])(
    'says in one sentence why a model of outputs %j is no known detector, and the remedy',
    async (dims, why) => {
      const { facts, notes } = await examineModel(shaped(...dims), choices('auto'));
      expect(facts.layout.kind).toBe('none');
      expect(notes).toHaveLength(1);
      const [note] = notes;
      expect(note).toMatchObject({ severity: 'warning', code: 'not-a-detector' });
      expect(note!.message).toMatch(why);
      expect(note!.message).toMatch(/^Accuracy and agreement with FP32 are not measured, because /);
      expect(note!.message).not.toMatch(/\.\s/);
      expect(note!.tip).toContain('--layout (yolov5, yolov8, end-to-end, nms-rows, yolov5-raw)');
    },
  );

  it('takes the word of a user who sets none', async () => {
    const { notes } = await examineModel(shaped(192), choices('none'));
    expect(notes).toMatchObject([
      { severity: 'info', code: 'not-a-detector', tip: 'Leave out --layout to have it detected.' },
    ]);
  });
});
