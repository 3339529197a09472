/** The host about itself: who it is, what works on it, and the folders that it may show. */

import { readdir, stat } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { dirname, extname, join } from 'node:path';
import type { z } from 'zod';
import type { folderEntrySchema, hostInfoSchema, hostProcedures } from '../../contract/procedures/host.ts';
import type { DeepReadonly, HandlersOf } from '../../contract/rpc/handlers.ts';
import { fileFailure } from '../../core/base/files.ts';
import { runStep } from '../../core/conversion/worker/run-step.ts';
import { formatOfName } from '../../core/images/image-format.ts';
import type { ServiceContext } from './service.ts';

type FolderEntry = DeepReadonly<z.infer<typeof folderEntrySchema>>;

export type HostFacts = Omit<z.infer<typeof hostInfoSchema>, 'node' | 'platform' | 'hostName' | 'roots'>;

/** Nobody scrolls further, and a folder of a million images would be a message of a hundred megabytes. */
const entryLimit = 5000;
/** Only of so many files the size is asked; each costs a call. */
const sizeLimit = 1000;

const labelExtensions = new Set(['.json', '.yaml', '.yml', '.xml', '.txt']);

function kindOfFile(name: string): FolderEntry['kind'] {
  const extension = extname(name).toLowerCase();
  if (extension === '.onnx') return 'model';
  const format = formatOfName(extension);
  if (format !== 'other' && format !== 'unknown') return 'image';
  return labelExtensions.has(extension) ? 'labels' : 'other';
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

async function listFolder(path: string): Promise<FolderEntry[]> {
  const found = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    throw fileFailure(error, path, 'read');
  });
  const visible = found.filter(({ name }) => !name.startsWith('.'));
  const entries = await Promise.all(
    visible.map(async (entry) => {
      // A link is what it leads to; whether it leads out of the roots shows when it is opened.
      const kind = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => entry) : entry;
      return { name: entry.name, isFolder: kind.isDirectory() };
    }),
  );
  const sorted = entries
    .sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || byName.compare(a.name, b.name))
    .slice(0, entryLimit);
  return Promise.all(
    sorted.map(async ({ name, isFolder }, i): Promise<FolderEntry> => {
      const file = join(path, name);
      if (isFolder) return { name, path: file, kind: 'folder', bytes: null };
      const info = i < sizeLimit ? await stat(file).catch(() => null) : null;
      return { name, path: file, kind: kindOfFile(name), bytes: info?.size ?? null };
    }),
  );
}

export interface HostService {
  readonly procedures: HandlersOf<keyof typeof hostProcedures>;
}

/** @param facts how this client reaches the host */
export function createHostService({ paths, signal }: ServiceContext, facts: HostFacts): HostService {
  return {
    procedures: {
      'host.info': async () => ({
        ...facts,
        node: process.versions.node,
        platform: process.platform,
        hostName: hostname(),
        roots: [...paths.roots],
      }),
      'host.doctor': async (_, call) => {
        const stop = AbortSignal.any([signal, call.signal]);
        const { checks } = await runStep('machine', null, { signal: stop });
        return { checks: [...checks] };
      },
      'host.listFolder': async ({ path }) => {
        const [onlyRoot] = paths.roots;
        if (path === null && paths.roots.length > 1) {
          const entries = paths.roots.map(
            (root): FolderEntry => ({ name: root, path: root, kind: 'folder', bytes: null }),
          );
          return { path: '', parent: null, entries };
        }
        const folder = await paths.check(path ?? onlyRoot ?? homedir());
        const parent = dirname(folder);
        const isAllowed = await paths.check(parent).then(
          () => parent !== folder,
          () => false,
        );
        return { path: folder, parent: isAllowed ? parent : null, entries: await listFolder(folder) };
      },
    },
  };
}
