import { describe, expect, it } from 'vitest';
import { inspectModel } from './check.ts';
import { makeNode } from './graph.ts';
import { readModel } from './model-file.ts';
import { floatTensor } from './tensors.ts';
import { buildModel, type ModelSpec } from './testing/build-model.ts';
import { fixtureModels, fixtureNote, fixturePath, haveFixtures } from './testing/fixtures.ts';

const relu = (name: string, input: string, output: string) =>
  makeNode('Relu', { name, inputs: [input], outputs: [output] });

function problemsOf(spec: Partial<ModelSpec>): string[] {
  const model = buildModel({
    inputs: [{ name: 'x', dims: [2] }],
    outputs: [{ name: 'y', dims: [2] }],
    nodes: [relu('a', 'x', 'y')],
    ...spec,
  });
  return inspectModel(model).problems.map(({ severity, message }) => `${severity}: ${message}`);
}

describe('inspectModel', () => {
  it('finds nothing wrong with a sound model', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it.each<[string, Partial<ModelSpec>, RegExp]>([
    [
      'a tensor computed twice',
      { nodes: [relu('a', 'x', 'y'), relu('b', 'x', 'y')] },
      /error: Tensor y is computed by more than one/,
    ],
    [
      'a weight that is there twice',
      {
        initializers: [
          floatTensor('w', [1], new Float32Array(1)),
          floatTensor('w', [1], new Float32Array(1)),
        ],
      },
      /error: Weight w is there more than once/,
    ],
    [
      'a result that is an input too',
      { nodes: [relu('a', 'x', 'x'), relu('b', 'x', 'y')] },
      /error: Tensor x is computed by a node and also/,
    ],
    [
      'nodes of one name',
      { nodes: [relu('a', 'x', 'z'), relu('a', 'z', 'y')] },
      /warning: More than one node is named a/,
    ],
    [
      'a dangling input',
      { nodes: [relu('a', 'nowhere', 'y')] },
      /error: Node a reads nowhere, which nothing computes/,
    ],
    ['an output of nothing', { nodes: [relu('a', 'x', 'z')] }, /error: Output y is computed by nothing/],
    [
      'a cycle',
      { nodes: [makeNode('Add', { name: 'a', inputs: ['x', 'b'], outputs: ['y'] }), relu('c', 'y', 'b')] },
      /error: The graph has a cycle through node [ac]/,
    ],
    [
      'nodes out of order',
      { nodes: [relu('b', 'z', 'y'), relu('a', 'x', 'z')] },
      /warning: Nodes are not in an order/,
    ],
    [
      'an operator of another domain',
      {
        nodes: [
          makeNode('EfficientNMS_TRT', { name: 'n', inputs: ['x'], outputs: ['y'], domain: 'trt.plugins' }),
        ],
      },
      /warning: Operator trt.plugins.EfficientNMS_TRT is not part of ONNX/,
    ],
    [
      'a domain without version',
      { nodes: [makeNode('Gelu', { name: 'n', inputs: ['x'], outputs: ['y'], domain: 'com.microsoft' })] },
      /error: The model uses operators of com.microsoft but/,
    ],
  ])('names %s', (_, spec, expected) => {
    expect(problemsOf(spec).join('\n')).toMatch(expected);
  });

  it('does not change the order of nodes', () => {
    const model = buildModel({
      inputs: [{ name: 'x', dims: [2] }],
      outputs: [{ name: 'y', dims: [2] }],
      nodes: [relu('b', 'z', 'y'), relu('a', 'x', 'z')],
    });
    inspectModel(model);
    expect(model.proto.graph!.node.map((node) => node.name)).toEqual(['b', 'a']);
  });

  it('leaves weights that are listed as inputs out of the inputs', () => {
    const summary = inspectModel(
      buildModel({
        inputs: [
          { name: 'x', dims: [2] },
          { name: 'w', dims: [2] },
        ],
        outputs: [{ name: 'y', dims: [2] }],
        nodes: [makeNode('Add', { name: 'a', inputs: ['x', 'w'], outputs: ['y'] })],
        initializers: [floatTensor('w', [2], new Float32Array(2))],
      }),
    );
    expect(summary.inputs.map((input) => input.name)).toEqual(['x']);
    expect(summary.parameterCount).toBe(2);
  });
});

describe.skipIf(!haveFixtures)(`fixture models${fixtureNote}`, () => {
  it('describes the dynamic one', async () => {
    const summary = inspectModel(await readModel(fixturePath('cells-yolov5n')));
    expect(summary).toMatchObject({
      irVersion: 8,
      opset: 17,
      inputs: [{ name: 'images', dtype: 'float32', dims: ['batch', 3, 'height', 'width'] }],
      outputs: [{ name: 'output0', dtype: 'float32', dims: ['batch', 'anchors', 8] }],
      nodeCount: 329,
      problems: [],
    });
    expect(summary.operators.get('Conv')).toBe(60);
    expect([...summary.operators.keys()][0]).toBe('Mul');
  });

  it.each([...fixtureModels, 'parts'])('%s has no problems', async (name) => {
    expect(inspectModel(await readModel(fixturePath(name))).problems).toEqual([]);
  });
});
