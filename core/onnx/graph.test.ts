import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { GraphProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import {
  attribute,
  GraphEditor,
  inputsOf,
  intAttribute,
  intsAttribute,
  makeNode,
  stringAttribute,
} from './graph.ts';
import { floatTensor } from './tensors.ts';
import { buildModel, seededValues } from './testing/build-model.ts';

const node = (name: string, inputs: string[], outputs = [`${name}_out`]) =>
  makeNode('Sum', { name, inputs, outputs });

function diamond() {
  const { proto } = buildModel({
    inputs: [{ name: 'x', dims: [2] }],
    outputs: [{ name: 'd_out', dims: [2] }],
    nodes: [
      node('a', ['x', 'w']),
      node('b', ['a_out']),
      node('c', ['a_out', 'a_out']),
      node('d', ['b_out', 'c_out']),
    ],
    initializers: [floatTensor('w', [2], seededValues(2))],
  });
  return new GraphEditor(proto.graph!);
}

/** What a fresh look at the graph says, to hold the maps against. */
function expectTrue(editor: GraphEditor): void {
  const fresh = new GraphEditor(editor.graph);
  const tensors = new Set(editor.nodes.flatMap((n) => [...inputsOf(n), ...n.output]));
  for (const name of tensors) {
    expect(editor.producerOf(name), name).toBe(fresh.producerOf(name));
    expect(new Set(editor.consumersOf(name)), name).toEqual(new Set(fresh.consumersOf(name)));
    expect(editor.initializer(name), name).toBe(fresh.initializer(name));
  }
}

describe('GraphEditor', () => {
  it('looks up producers, consumers, inputs and outputs', () => {
    const editor = diamond();
    expect(editor.producerOf('a_out')?.name).toBe('a');
    expect(editor.consumersOf('a_out').map((n) => n.name)).toEqual(['b', 'c']);
    expect(editor.isGraphInput('x')).toBe(true);
    expect(editor.isGraphInput('w')).toBe(false);
    expect(editor.isGraphOutput('d_out')).toBe(true);
    expect(editor.constantValue('w')?.dims).toEqual([2n]);
    expect(editor.constantValue('a_out')).toBeUndefined();
  });

  it('keeps its maps true through any sequence of edits', () => {
    const edit = fc.record({
      kind: fc.constantFrom('add', 'remove', 'replaceInput', 'replaceAll', 'setInput', 'setOutput'),
      a: fc.nat(20),
      b: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 30 }), (edits) => {
        const editor = diamond();
        const names = () => ['x', 'w', ...editor.nodes.flatMap((n) => n.output)];
        for (const { kind, a, b } of edits) {
          const all = names();
          const [from, to] = [all[a % all.length]!, all[b % all.length]!];
          const target = editor.nodes[a % Math.max(1, editor.nodes.length)];
          if (kind === 'add') {
            const at = target && (b % 2 === 0 ? { before: target } : { after: target });
            editor.addNode(node(editor.uniqueName('n'), [from, to]), at);
          } else if (kind === 'replaceAll') editor.replaceAllUses(from, to);
          else if (target === undefined) continue;
          else if (kind === 'remove') editor.removeNode(target);
          else if (kind === 'replaceInput') editor.replaceInput(target, inputsOf(target)[0] ?? '', to);
          else if (kind === 'setInput') editor.setInput(target, b % 4, to);
          else editor.setOutput(target, 0, editor.uniqueName('renamed'));
        }
        expectTrue(editor);
      }),
    );
  });

  it('sees and renames what a subgraph captures', () => {
    const inner = create(GraphProtoSchema, {
      name: 'then',
      node: [node('inside', ['outer', 'local'], ['inside_out'])],
      initializer: [floatTensor('local', [1], seededValues(1))],
      output: [{ name: 'inside_out' }],
    });
    const branch = makeNode('If', {
      name: 'if',
      inputs: ['condition'],
      outputs: ['y'],
      attributes: [attribute.graph('then_branch', inner)],
    });
    const { proto } = buildModel({
      inputs: [{ name: 'condition', dims: [] }],
      outputs: [{ name: 'y', dims: [1] }],
      nodes: [node('make', ['condition'], ['outer']), branch],
    });
    const editor = new GraphEditor(proto.graph!);
    expect(editor.consumersOf('outer')).toEqual([branch]);
    expect(editor.consumersOf('local')).toEqual([]);
    editor.replaceAllUses('outer', 'condition');
    expect(inner.node[0]!.input).toEqual(['condition', 'local']);
    expect(editor.consumersOf('outer')).toEqual([]);
    expect(editor.uniqueName('local')).not.toBe('local');
  });

  it('gives names that are free', () => {
    const editor = diamond();
    const names = Array.from({ length: 100 }, () => editor.uniqueName('a_out'));
    expect(new Set(names).size).toBe(100);
    expect(names).not.toContain('a_out');
    expect(editor.uniqueName('fresh')).toBe('fresh');
  });

  it('sorts shuffled graphs and keeps the order of sorted ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (keys) => {
          const nodes = keys.map((key, i) =>
            node(`n${i}`, i === 0 ? ['x'] : [`n${i - 1}_out`, `n${Math.floor(key * i)}_out`]),
          );
          const shuffled = [...nodes].sort((p, q) => keys[nodes.indexOf(p)]! - keys[nodes.indexOf(q)]!);
          const { proto } = buildModel({ inputs: [{ name: 'x', dims: [1] }], outputs: [], nodes: shuffled });
          const editor = new GraphEditor(proto.graph!);
          editor.topologicalSort();
          expect(editor.nodes.map((n) => n.name)).toEqual(nodes.map((n) => n.name));
        },
      ),
    );
    const editor = diamond();
    editor.topologicalSort();
    expect(editor.nodes.map((n) => n.name)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('names a node on a cycle', () => {
    const { proto } = buildModel({
      inputs: [{ name: 'x', dims: [1] }],
      outputs: [],
      nodes: [node('a', ['b_out', 'x']), node('b', ['a_out'])],
    });
    expect(() => new GraphEditor(proto.graph!).topologicalSort()).toThrow(/cycle through node [ab]/);
  });

  it('sorts a chain of 20,000 nodes without exhausting the stack', () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) => node(`n${i}`, [i === 0 ? 'x' : `n${i - 1}_out`]));
    const { proto } = buildModel({
      inputs: [{ name: 'x', dims: [1] }],
      outputs: [],
      nodes: nodes.reverse(),
    });
    const editor = new GraphEditor(proto.graph!);
    editor.topologicalSort();
    expect(editor.nodes[0]?.name).toBe('n0');
  });

  it('reads attributes with defaults', () => {
    const n = makeNode('Test', {
      name: 't',
      inputs: [],
      outputs: [],
      attributes: [attribute.int('i', -3), attribute.ints('is', [1, 2]), attribute.string('s', 'floor')],
    });
    expect(intAttribute(n, 'i', 0)).toBe(-3);
    expect(intAttribute(n, 'absent', 7)).toBe(7);
    expect(intsAttribute(n, 'is', [])).toEqual([1, 2]);
    expect(stringAttribute(n, 's', '')).toBe('floor');
    expect(stringAttribute(n, 'absent', 'x')).toBe('x');
  });
});
