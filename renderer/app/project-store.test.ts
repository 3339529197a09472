import { beforeEach, describe, expect, it } from 'vitest';
import type { HostClient } from '../../contract/procedures/index.ts';
import { openConnection } from '../connection/connection-store.ts';
import { readRemembered, useProject } from './project-store.ts';
import { fakeModel } from './testing/fake-data.ts';
import { createFakeHost } from './testing/fake-host.ts';

describe('what an earlier window left', () => {
  it('is read where it is whole and ignored where it is not', () => {
    expect(readRemembered(null)).toEqual({});
    expect(readRemembered('{broken')).toEqual({});
    expect(readRemembered('[1,2]')).toEqual({});
    expect(readRemembered('{"model":7,"calibration":{"labels":null},"validation":{"source":"/v"}}')).toEqual({
      validation: { source: '/v', labels: null },
    });
  });
});

describe('the project of the window', () => {
  let client: HostClient;
  beforeEach(() => {
    client = openConnection(createFakeHost({ models: [fakeModel()] }).link).client;
    useProject.setState({ model: null, calibration: null, validation: null });
  });

  it('holds the model once the host has read it', async () => {
    const opening = useProject.getState().openModel(client, fakeModel().path);
    expect(useProject.getState().model).toEqual({ path: fakeModel().path, details: null, failure: null });
    await opening;
    expect(useProject.getState().model?.details?.name).toBe('parts-yolov8n.onnx');
  });

  it('keeps the sentence and the remedy of a model that cannot be opened', async () => {
    expect(await useProject.getState().openModel(client, '/gone.onnx')).toBeNull();
    expect(useProject.getState().model).toEqual({
      path: '/gone.onnx',
      details: null,
      failure: {
        message: '/gone.onnx does not exist.',
        remedy: 'Check the path, or choose the model again.',
      },
    });
  });

  it('does not let a slow answer replace what was opened after', async () => {
    const slow = useProject.getState().openModel(client, '/gone.onnx');
    const next = useProject.getState().openModel(client, fakeModel().path);
    await Promise.all([slow, next]);
    expect(useProject.getState().model?.failure).toBeNull();
    expect(useProject.getState().model?.path).toBe(fakeModel().path);
  });

  it('opens and closes image sets by role', async () => {
    await useProject.getState().openSet(client, 'validation', '/data/val', '/data/val.json');
    expect(useProject.getState().validation).toMatchObject({ source: '/data/val', set: { files: 480 } });
    expect(useProject.getState().calibration).toBeNull();
    useProject.getState().closeSet('validation');
    expect(useProject.getState().validation).toBeNull();
  });

  it('brings everything back on a host that was started anew', async () => {
    await useProject.getState().openModel(client, fakeModel().path);
    await useProject.getState().openSet(client, 'calibration', '/data/cal');
    const other = openConnection(createFakeHost({ models: [fakeModel()], session: 'second' }).link).client;
    await useProject.getState().reopen(other);
    expect(useProject.getState().model?.details).not.toBeNull();
    expect(useProject.getState().calibration?.set?.source).toBe('/data/cal');
  });

  it('opens labelled sets again with the class names of another model', async () => {
    const asked: unknown[] = [];
    const spying: HostClient = {
      ...client,
      call: (name, params, options) => {
        if (name === 'images.open') asked.push((params as { classNames?: unknown }).classNames);
        return client.call(name, params, options);
      },
    };
    await useProject.getState().openSet(spying, 'validation', '/data/val', '/data/labels');
    await useProject.getState().openModel(spying, fakeModel().path);
    expect(asked).toEqual([[], fakeModel().classNames]);
  });
});
