/** Engines that runs have built: listed, checked against their hashes, exported, moved aside and brought back. */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { engineProcedures, engineSchema } from '../../../contract/procedures/engines.ts';
import { targetNameSchema } from '../../../contract/report-schema.ts';
import type { DeepReadonly, HandlersOf } from '../../../contract/rpc/handlers.ts';
import { Failure } from '../../../core/base/failure.ts';
import { hashFile } from '../../../core/base/files.ts';
import { exportEngine } from '../../../core/conversion/export-engine.ts';
import { engineDataName, manifestName, tensorRtCacheName } from '../../../core/conversion/manifest.ts';
import { engineName } from '../../../core/conversion/run-steps.ts';
import { type Precision, precisions } from '../../../core/targets/target.ts';
import type { RunRecord } from '../runs/run-record.ts';
import type { RunService } from '../runs/run-service.ts';
import type { ServiceContext } from '../service.ts';
import type { EngineTrash } from './engine-trash.ts';

type Engine = DeepReadonly<z.infer<typeof engineSchema>>;

/** An engine among the files of its run. */
interface Built {
  readonly id: string;
  readonly run: RunRecord;
  readonly precision: Precision;
  readonly engine: string;
  readonly sha256: string;
  /** Files that belong to this engine alone, data before the engine that refers to it. */
  readonly files: readonly string[];
  /** Another run has written its own engine over it. */
  readonly replaced: boolean;
}

export interface EngineServiceContext extends ServiceContext {
  readonly runs: RunService;
  readonly trash: EngineTrash;
}

export interface EngineService {
  readonly procedures: HandlersOf<keyof typeof engineProcedures>;
}

function builtBy(run: RunRecord, later: readonly RunRecord[]): Built[] {
  if (run.state !== 'done') return [];
  return precisions.flatMap((precision) => {
    const engine = engineName(run.modelPath, precision);
    const sha256 = run.files.find(({ name }) => name === engine)?.sha256;
    if (sha256 === undefined || sha256 === null) return [];
    const own = [engineDataName(engine), engine, manifestName(engine), tensorRtCacheName(engine)];
    return [
      {
        id: `${run.id}:${precision}`,
        run,
        precision,
        engine,
        sha256,
        files: own.filter((name) => run.files.some((file) => file.name === name)),
        replaced: later.some(
          ({ out, files }) => out === run.out && files.some(({ name }) => name === engine),
        ),
      },
    ];
  });
}

const manifestSchema = z.record(z.string(), z.unknown());

async function readManifest(path: string): Promise<Record<string, unknown> | null> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

async function describe({ id, run, precision, engine, sha256, replaced }: Built): Promise<Engine> {
  const path = join(run.out, engine);
  const figures = run.figures.find((figure) => figure.precision === precision);
  const info = replaced ? null : await stat(path).catch(() => null);
  return {
    id,
    run: run.id,
    modelName: run.modelName,
    precision,
    target: targetNameSchema.catch('onnxruntime').parse(run.specification.target),
    path,
    bytes: figures?.bytes ?? 0,
    sha256,
    builtAt: run.finishedAt ?? run.createdAt,
    p50Ms: figures?.p50Ms ?? null,
    map5095: figures?.map5095 ?? null,
    manifest: info === null ? null : await readManifest(join(run.out, manifestName(engine))),
    present: info?.isFile() ?? false,
  };
}

export function createEngineService({ runs, trash, paths }: EngineServiceContext): EngineService {
  /** Newest first, those that were moved aside left out. */
  const all = (): Built[] => {
    const removed = trash.ids;
    const records = runs.book.records;
    return records
      .flatMap((run, i) => builtBy(run, records.slice(i + 1)))
      .filter(({ id }) => !removed.has(id))
      .reverse();
  };
  const find = (id: string): Built => {
    const built = all().find((each) => each.id === id);
    if (built === undefined) {
      throw new Failure('bad-input', `There is no engine ${id}.`, 'Choose one of the list.');
    }
    if (built.replaced) {
      throw new Failure(
        'bad-input',
        `The engine ${join(built.run.out, built.engine)} was replaced by that of a later run.`,
        'Choose the engine of the later run.',
      );
    }
    return built;
  };
  return {
    procedures: {
      'engines.list': async () => ({ engines: await Promise.all(all().map(describe)) }),
      'engines.verify': async ({ id }) => {
        const { run, files } = find(id);
        const states: { file: string; state: 'same' | 'changed' | 'missing' }[] = [];
        for (const file of files) {
          const path = join(run.out, file);
          const isThere = await stat(path).then(
            () => true,
            () => false,
          );
          const expected = run.files.find(({ name }) => name === file)?.sha256;
          const isSame = isThere && (await hashFile(path)) === expected;
          states.push({ file, state: isSame ? 'same' : isThere ? 'changed' : 'missing' });
        }
        return { whole: states.every(({ state }) => state === 'same'), files: states };
      },
      'engines.export': async ({ id, to }, { signal }) => {
        const { run, precision } = find(id);
        const folder = await paths.checkNew(to);
        const files = await exportEngine(runs.report(run.id), run.out, precision, folder, {
          signal,
          force: false,
        });
        return { folder, files: files.map(({ name }) => name) };
      },
      'engines.remove': async ({ id }) => {
        const { run, files } = find(id);
        await trash.remove(id, run.out, files);
        return {};
      },
      'engines.restore': async ({ id }) => {
        await trash.restore(id);
        return {};
      },
    },
  };
}
