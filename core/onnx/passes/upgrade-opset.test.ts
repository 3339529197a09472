import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { attribute, makeNode } from '../graph.ts';
import { cloneModel, opsetOf } from '../model-file.ts';
import { chainModel } from '../testing/build-model.ts';
import { expectSame } from '../testing/compare.ts';
import { onnxPython, pythonNote } from '../testing/fixtures.ts';
import { upgradeOpset } from './upgrade-opset.ts';

describe('upgradeOpset', () => {
  it.each([11, 12])('carries attributes over to inputs from opset %i', async (opset) => {
    const m = chainModel(
      [
        makeNode('Unsqueeze', {
          name: 'u',
          inputs: ['x'],
          outputs: ['a'],
          attributes: [attribute.ints('axes', [0, 3])],
        }),
        makeNode('Squeeze', {
          name: 's',
          inputs: ['a'],
          outputs: ['b'],
          attributes: [attribute.ints('axes', [0])],
        }),
        makeNode('Split', {
          name: 'p',
          inputs: ['b'],
          outputs: ['c', 'd'],
          attributes: [attribute.int('axis', 1), attribute.ints('split', [1, 3])],
        }),
        makeNode('ReduceSum', {
          name: 'r',
          inputs: ['d'],
          outputs: ['e'],
          attributes: [attribute.ints('axes', [1, 2])],
        }),
        makeNode('Squeeze', {
          name: 'all',
          inputs: ['c'],
          outputs: ['f'],
          attributes: [attribute.ints('axes', [1, 2])],
        }),
        makeNode('Add', { name: 'add', inputs: ['e', 'f'], outputs: ['y'] }),
      ],
      [],
      [2, 4],
      [2, 1, 2],
      opset,
    );
    m.proto.graph!.output[0]!.type = cloneModel(chainModel([], [], [2, 4], ['a', 'b', 'c'])).proto.graph!
      .output[0]!.type!;
    const after = cloneModel(m);
    expect(upgradeOpset(after.proto)).toBe(opset);
    expect(opsetOf(after.proto)).toBe(13);
    await expectSame(m, after, 0);
  });

  it.each(['Softmax', 'LogSoftmax', 'Hardmax'])('keeps what %s meant, for every axis', async (op) => {
    for (const axis of [undefined, 0, 1, 2, 3, -1, -2]) {
      const m = chainModel(
        [
          makeNode(op, {
            name: 'softmax',
            inputs: ['x'],
            outputs: ['y'],
            attributes: axis === undefined ? [] : [attribute.int('axis', axis)],
          }),
        ],
        [],
        [2, 3, 4, 5],
        [2, 3, 4, 5],
        11,
      );
      const after = cloneModel(m);
      upgradeOpset(after.proto);
      await expectSame(m, after, 1e-6);
    }
  });

  it('leaves opset 13 alone', () => {
    const m = chainModel(
      [makeNode('Softmax', { name: 's', inputs: ['x'], outputs: ['y'] })],
      [],
      [2, 3],
      [2, 3],
      13,
    );
    expect(upgradeOpset(m.proto)).toBeUndefined();
    expect(m.proto.graph!.node).toHaveLength(1);
  });

  it.skipIf(!onnxPython)(`handles every operator that changed its form${pythonNote}`, () => {
    // What onnx itself says differs between opset 11 and 13 in attributes taken away, defaults or inputs.
    const program = `
import json, onnx.defs as d
def newest(name, version):
    return max((s for s in d.get_all_schemas_with_history() if s.domain == '' and s.name == name and s.since_version <= version), key=lambda s: s.since_version, default=None)
changed = set()
for name in sorted({s.name for s in d.get_all_schemas_with_history() if s.domain == ''}):
    old, new = newest(name, 11), newest(name, 13)
    if not old or not new or old.since_version == new.since_version: continue
    gone = set(old.attributes) - set(new.attributes)
    defaults = any(str(old.attributes[k].default_value) != str(new.attributes[k].default_value) for k in set(old.attributes) & set(new.attributes))
    inputs = [i.name for i in old.inputs] != [i.name for i in new.inputs]
    if gone or defaults or inputs: changed.add(name)
print(json.dumps(sorted(changed)))`;
    const changed = JSON.parse(execFileSync(onnxPython ?? '', ['-c', program]).toString()) as string[];
    expect(changed).toEqual([
      'Dropout',
      'Hardmax',
      'LogSoftmax',
      'ReduceSum',
      'Softmax',
      'Split',
      'Squeeze',
      'Unsqueeze',
    ]);
  });

  it('drops the ratio of a Dropout, which has no effect in inference', async () => {
    const dropout = makeNode('Dropout', {
      name: 'drop',
      inputs: ['x'],
      outputs: ['y'],
      attributes: [attribute.float('ratio', 0.9)],
    });
    const before = chainModel([dropout], [], [2, 3], [2, 3], 11);
    const after = cloneModel(before);
    upgradeOpset(after.proto);
    await expectSame(before, after, 0);
  });
});
