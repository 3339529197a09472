/** Answers what clients ask about image sets, and hands out their pictures. */

import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../../core/base/failure.ts';
import type { ImageService, ServiceContext } from '../service.ts';
import { type ImageSetState, OpenSet } from './open-set.ts';
import { pickSample } from './sample-picker.ts';
import { ThumbnailCache } from './thumbnail-cache.ts';
import { TaskProcess } from './worker/task-process.ts';

/** Sets that nobody watches are closed beyond this, the longest unused first. */
const setsKept = 8;
/** Ten states a second are as many as a person can follow. */
const betweenStatesMs = 100;
/** The background work of the host yields to people and to runs. */
const backgroundNiceness = 10;

interface KeptSet {
  readonly set: OpenSet;
  readonly key: string;
  /** Changes when a file is added to the folder, or the list or labels are written anew. */
  readonly stamp: string;
  /** Asked to close while somebody else was watching. */
  closing: boolean;
}

async function stampOf(paths: readonly string[]): Promise<string> {
  const times = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.join(' ');
}

/** States of a set as they change, until it is closed or nobody listens. */
async function* watchSet(set: OpenSet, signal: AbortSignal): AsyncGenerator<ImageSetState, void> {
  let changed = true;
  let wake = (): void => undefined;
  const notice = (): void => {
    changed = true;
    wake();
  };
  const stop = set.onChange(notice);
  signal.addEventListener('abort', notice, { once: true });
  try {
    while (!signal.aborted && !set.signal.aborted) {
      if (changed) {
        changed = false;
        yield set.state;
        await wait(betweenStatesMs, undefined, { signal }).catch(() => undefined);
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop();
    signal.removeEventListener('abort', notice);
  }
}

export function createImageService(context: ServiceContext): ImageService {
  const folder = join(context.dataFolder, 'images');
  const { roots } = context.paths;
  const urgent = new TaskProcess({ niceness: 0 });
  const background = new TaskProcess({ niceness: backgroundNiceness });
  const thumbnails = new ThumbnailCache(join(folder, 'thumbnails'), { urgent, background }, context.signal);
  /** The one that was used last comes last. */
  const sets = new Map<string, KeptSet>();

  const close = (id: string): void => {
    sets.get(id)?.set.close();
    sets.delete(id);
    if (sets.size > 0) return;
    urgent.stop();
    background.stop();
  };
  context.signal.addEventListener('abort', () => {
    for (const id of sets.keys()) close(id);
    urgent.stop();
    background.stop();
  });

  const find = (id: string): OpenSet => {
    const kept = sets.get(id);
    if (kept === undefined) {
      throw new Failure(
        'bad-input',
        'This image set is not open.',
        'Open its folder again; sets are closed when the host starts anew.',
      );
    }
    sets.delete(id);
    sets.set(id, kept);
    return kept.set;
  };

  const makeRoom = (): void => {
    for (const [id, { set }] of sets) {
      if (sets.size < setsKept) return;
      if (!set.watched) close(id);
    }
  };

  return {
    procedures: {
      'images.open': async ({ source, labels, classNames }) => {
        await context.paths.check(source);
        if (labels !== null) await context.paths.check(labels);
        const input = {
          source: resolve(source),
          labels: labels === null ? null : resolve(labels),
          classNames,
          // Uploads lie in the host's own folder.
          roots: roots.length === 0 ? [] : [...roots, context.dataFolder],
        };
        const key = JSON.stringify([input.source, input.labels, classNames]);
        const stamp = await stampOf([input.source, ...(input.labels === null ? [] : [input.labels])]);
        for (const kept of sets.values()) {
          if (kept.key !== key || kept.stamp !== stamp || kept.set.state.phase === 'failed') continue;
          kept.closing = false;
          return find(kept.set.id).state;
        }
        makeRoom();
        urgent.warmUp();
        const listing = new TaskProcess({ niceness: 0 });
        const set = new OpenSet(randomBytes(6).toString('hex'), input, { listing, background });
        sets.set(set.id, { set, key, stamp, closing: false });
        return set.state;
      },
      'images.page': async ({ set, offset, limit, filter }) => find(set).columns.page(filter, offset, limit),
      'images.boxes': async ({ set, index }) => ({ boxes: find(set).columns.labels?.boxes(index) ?? [] }),
      'images.statistics': async ({ set }) => find(set).statistics,
      'images.pick': async ({ set, count }, call) => {
        const found = find(set);
        const signal = AbortSignal.any([call.signal, found.signal, context.signal]);
        return await pickSample(found, count, join(folder, 'picks'), background, signal);
      },
      'images.close': async ({ set: id }) => {
        const kept = sets.get(id);
        // Another window may look at the same set.
        if (kept?.set.watched) kept.closing = true;
        else if (kept) close(id);
        return {};
      },
    },
    streams: {
      'images.watch': async function* ({ set: id }, call) {
        const set = find(id);
        try {
          yield* watchSet(set, AbortSignal.any([call.signal, context.signal]));
        } finally {
          if (sets.get(id)?.closing && !set.watched) close(id);
        }
      },
    },
    async imageFile(id, index, width, signal) {
      const path = find(id).columns.path(index);
      if (path === undefined) {
        throw new Failure('bad-input', `The set has no image ${index}.`, 'Open the set again.');
      }
      return await thumbnails.get(path, width, signal);
    },
  };
}
