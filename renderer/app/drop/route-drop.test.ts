import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DroppedItem, routeDrop } from './route-drop.ts';

const file = (name: string, bytes: number | null = 1000): DroppedItem => ({ name, kind: 'file', bytes });
const folder = (name: string): DroppedItem => ({ name, kind: 'folder', bytes: null });

function opened(items: readonly DroppedItem[]) {
  const route = routeDrop(items);
  if (route.kind === 'refuse') throw new Error(`refused: ${route.message}`);
  const names = (list: readonly DroppedItem[]) => list.map(({ name }) => name);
  return {
    model: names(route.model),
    folders: names(route.folders),
    images: names(route.images),
    labels: names(route.labels),
  };
}

function refused(items: readonly DroppedItem[]) {
  const route = routeDrop(items);
  if (route.kind !== 'refuse') throw new Error('was not refused');
  return route;
}

describe('what a drop opens', () => {
  it('is a model, whatever the case of its ending and the letters of its name', () => {
    expect(opened([file('Ма́шина best.ONNX')]).model).toEqual(['Ма́шина best.ONNX']);
  });

  it('is a model with its external data', () => {
    expect(opened([file('big.onnx_data'), file('big.onnx')]).model).toEqual(['big.onnx', 'big.onnx_data']);
    expect(opened([file('big.onnx'), file('big.onnx.data')]).model).toEqual(['big.onnx', 'big.onnx.data']);
  });

  it('is a folder, images, or images with labels', () => {
    expect(opened([folder('bilder mit leerzeichen')]).folders).toEqual(['bilder mit leerzeichen']);
    expect(opened([file('a.jpg'), file('b.PNG')]).images).toEqual(['a.jpg', 'b.PNG']);
    expect(opened([folder('val'), file('instances_val.json')])).toMatchObject({
      folders: ['val'],
      labels: ['instances_val.json'],
    });
    expect(opened([file('data.yaml')]).labels).toEqual(['data.yaml']);
  });

  it('may be a model and its images at once', () => {
    expect(opened([file('m.onnx'), folder('images')])).toMatchObject({
      model: ['m.onnx'],
      folders: ['images'],
    });
  });
});

describe('what a drop is refused for', () => {
  it('names the file, what it is and the way to ONNX', () => {
    const pytorch = refused([file('best.pt')]);
    expect(pytorch.message).toContain('best.pt');
    expect(pytorch.remedy).toContain('yolo export model=best.pt format=onnx');
    expect(refused([file('yolo.engine')]).message).toContain('TensorRT');
    expect(refused([file('calib.table')]).remedy).toContain('Convert');
    expect(refused([file('model.tflite')]).remedy).toContain('model.tflite');
  });

  it('says the same of several files of one foreign kind', () => {
    expect(refused([file('a.pt'), file('b.pt')]).remedy).toContain('yolo export');
  });

  it('counts many files of many kinds', () => {
    const kinds = ['pt', 'log', 'csv', 'py', 'ipynb'];
    const items = Array.from({ length: 50 }, (_, index) => file(`file${index}.${kinds[index % 5]}`));
    const { message, remedy } = refused(items);
    expect(message).toContain('50 files');
    expect(message).toContain('10 .pt');
    expect(remedy).toContain('.onnx');
  });

  it('is a file that is still being written, data without its model, two models, two folders, nothing', () => {
    expect(refused([file('m.onnx', 0)]).remedy).toContain('written');
    expect(refused([file('m.onnx_data')]).remedy).toContain('.onnx');
    expect(refused([file('a.onnx'), file('b.onnx')]).message).toContain('2 models');
    expect(refused([folder('a'), folder('b')]).message).toContain('2 folders');
    expect(refused([]).message).toContain('not a file');
  });

  it('always comes with a sentence and a remedy, for any names', () => {
    const item = fc.record({
      name: fc.oneof(
        fc.string(),
        fc.constantFrom('a.onnx', 'b.jpg', 'c.pt', '.hidden', 'x.', 'constructor', 'y.__proto__'),
      ),
      kind: fc.constantFrom('file' as const, 'folder' as const),
      bytes: fc.option(fc.nat()),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const route = routeDrop(items);
        if (route.kind === 'refuse') {
          expect(route.message.trim().length).toBeGreaterThan(0);
          expect(route.remedy.trim().length).toBeGreaterThan(0);
        } else {
          const all = [...route.model, ...route.folders, ...route.images, ...route.labels];
          expect(all.length).toBe(items.length);
          expect(all.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
