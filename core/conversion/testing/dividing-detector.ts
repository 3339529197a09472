/** A detector for tests that gives NaN for a black image and what it should for every other. */

import { attribute, GraphEditor, makeNode } from '../../onnx/graph.ts';
import { type OnnxModel, readModel } from '../../onnx/model-file.ts';

/** The detector at `path` with its first output times m / m, m being the brightest value of the input. */
export async function dividingDetector(path: string): Promise<OnnxModel> {
  const model = await readModel(path);
  const proto = model.proto.graph;
  const image = proto?.input[0]?.name;
  const output = proto?.output[0]?.name;
  if (proto === undefined || image === undefined || output === undefined) {
    throw new Error(`${path} has no input or no output`);
  }
  const graph = new GraphEditor(proto);
  const decode = graph.producerOf(output);
  if (decode === undefined) throw new Error(`nothing computes ${output}`);
  graph.setOutput(decode, decode.output.indexOf(output), 'decoded');
  graph.addNode(
    makeNode('ReduceMax', {
      name: 'brightest',
      inputs: [image],
      outputs: ['m'],
      attributes: [attribute.int('keepdims', 0)],
    }),
  );
  graph.addNode(makeNode('Div', { name: 'ratio', inputs: ['m', 'm'], outputs: ['one'] }));
  graph.addNode(makeNode('Mul', { name: 'spoil', inputs: ['decoded', 'one'], outputs: [output] }));
  return model;
}
