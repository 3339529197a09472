/**
 * Holds every import to the layer rule of ARCHITECTURE.md: which room may import which, no cycles between files, and
 * Electron only where its processes live, its IPC only in two files. `node scripts/lint-layers.mjs [ROOT]` prints one line for each violation and
 * exits with 1 when there is one.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

/** Rooms that a room may import besides itself; `null` means any. */
const roomRule = {
  contract: [],
  native: [],
  core: ['native'],
  main: ['core', 'contract'],
  preload: ['contract'],
  renderer: ['contract'],
  e2e: null,
  bench: null,
  scripts: null,
};

/** Folders of core from left to right; a folder may import only what stands in an earlier group. */
const coreOrder = [
  ['base'],
  ['onnx', 'images'],
  // Labels are those of an image set.
  ['labels'],
  ['detection'],
  ['calibration'],
  ['quantization'],
  ['targets'],
  ['evaluation', 'benchmark'],
  ['conversion'],
];
const coreRank = new Map(coreOrder.flatMap((group, rank) => group.map((folder) => [folder, rank])));

const electronRooms = ['main/desktop', 'preload'];
/** The only files that may touch Electron's own IPC; all else goes through their typed functions. */
const ipcFiles = ['main/desktop/ipc.ts', 'preload/ipc.ts'];
const ipcNames = ['ipcMain', 'ipcRenderer', '*'];
const sourceFile = /\.(?:[cm]?ts|tsx|mjs|cjs|js|jsx)$/;
const ignoredFolders = new Set(['node_modules', 'dist', 'build', '.git', '.cache', '.scratch', 'out']);

/** Paths of all source files of the rooms under `root`, relative, with forward slashes, sorted. */
function sourceFiles(root) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!ignoredFolders.has(entry.name)) walk(path);
      } else if (sourceFile.test(entry.name)) {
        found.push(path);
      }
    }
  };
  for (const room of Object.keys(roomRule)) {
    if (statSync(join(root, room), { throwIfNoEntry: false })?.isDirectory()) walk(room);
  }
  return found.sort();
}

/** Every module that a file names: static imports, re-exports, `import()` and `require()` of a literal, with lines. */
function importsOf(path, text) {
  const { program, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const found = new Map();
  const add = (specifier, start, names = []) => found.set(`${start}`, { specifier, start, names });

  for (const { moduleRequest, entries } of module.staticImports) {
    // A namespace or default import reaches every name.
    const names = entries.map(({ importName }) => importName.name ?? '*');
    add(moduleRequest.value, moduleRequest.start, names);
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) {
      if (moduleRequest) add(moduleRequest.value, moduleRequest.start);
    }
  }
  const literal = (node) => (node?.type === 'Literal' && typeof node.value === 'string' ? node : undefined);
  new Visitor({
    ImportExpression(node) {
      const source = literal(node.source);
      if (source) add(source.value, source.start, ['*']);
    },
    TSImportType(node) {
      const source = literal(node.source ?? node.argument?.literal);
      if (source) add(source.value, source.start);
    },
    CallExpression(node) {
      const source = literal(node.arguments[0]);
      if (source && node.callee.type === 'Identifier' && node.callee.name === 'require') {
        add(source.value, source.start, ['*']);
      }
    },
  }).visit(program);

  return [...found.values()].map(({ specifier, start, names }) => ({
    specifier,
    names,
    line: text.slice(0, start).split('\n').length,
  }));
}

const roomOf = (path) => path.split('/')[0];

/** The words for a place in a message: `core/images`, but plain `renderer`. */
function placeOf(path) {
  const [room, folder, ...rest] = path.split('/');
  return (room === 'core' || room === 'main') && rest.length > 0 ? `${room}/${folder}` : room;
}

function mayImport(from, to) {
  const room = roomOf(from);
  const other = roomOf(to);
  if (room !== other) return roomRule[room] === null || roomRule[room].includes(other);
  if (room !== 'core') return true;
  const [folder, otherFolder] = [from.split('/')[1], to.split('/')[1]];
  if (folder === otherFolder) return true;
  const [rank, otherRank] = [coreRank.get(folder), coreRank.get(otherFolder)];
  return rank !== undefined && otherRank !== undefined && otherRank < rank;
}

/** The file that a relative specifier means, with `.ts` for a `.js` that does not exist; undefined outside `root`. */
function resolveImport(root, from, specifier, known) {
  const target = relative(root, resolve(root, dirname(from), specifier))
    .split(sep)
    .join('/');
  if (target.startsWith('..')) return undefined;
  const candidates = [
    target,
    target.replace(/\.js$/, '.ts'),
    target.replace(/\.js$/, '.tsx'),
    `${target}.ts`,
    `${target}.tsx`,
    `${target}/index.ts`,
  ];
  return candidates.find((path) => known.has(path)) ?? target;
}

/** One example of each cycle between files, as `a -> b -> a`, found by depth-first search. */
function findCycles(graph) {
  const cycles = [];
  const state = new Map();
  const visit = (path, trail) => {
    state.set(path, 'open');
    trail.push(path);
    for (const { target, line } of graph.get(path) ?? []) {
      if (state.get(target) === 'open') {
        cycles.push({ path, line, files: [...trail.slice(trail.indexOf(target)), target] });
      } else if (!state.has(target)) visit(target, trail);
    }
    trail.pop();
    state.set(path, 'done');
  };
  for (const path of graph.keys()) if (!state.has(path)) visit(path, []);
  return cycles;
}

/** Violations of the layer rule under `root`, one line each. */
export function lintLayers(root) {
  const violations = [];
  const files = sourceFiles(root);
  const known = new Set(files);
  const graph = new Map();

  for (const path of files) {
    const edges = [];
    graph.set(path, edges);
    if (roomOf(path) === 'core' && path.split('/').length > 2 && !coreRank.has(path.split('/')[1])) {
      violations.push(`${path}:1: ${placeOf(path)} is not a room of core: give it a place in the layer rule`);
    }
    for (const { specifier, line, names } of importsOf(path, readFileSync(join(root, path), 'utf8'))) {
      if (!specifier.startsWith('.')) {
        const isElectron = specifier === 'electron' || specifier.startsWith('electron/');
        if (isElectron && !electronRooms.some((room) => path.startsWith(`${room}/`))) {
          violations.push(`${path}:${line}: ${placeOf(path)} may not import electron`);
        } else if (isElectron && !ipcFiles.includes(path) && names.some((name) => ipcNames.includes(name))) {
          violations.push(`${path}:${line}: Electron's IPC belongs to ${ipcFiles.join(' and ')} alone`);
        }
        continue;
      }
      const target = resolveImport(root, path, specifier, known);
      if (target === undefined) {
        violations.push(
          `${path}:${line}: ${placeOf(path)} may not import ${specifier}, outside the repository`,
        );
        continue;
      }
      if (!mayImport(path, target)) {
        violations.push(`${path}:${line}: ${placeOf(path)} may not import ${placeOf(target)}`);
      }
      if (known.has(target)) edges.push({ target, line });
    }
  }
  for (const { path, line, files: cycle } of findCycles(graph)) {
    violations.push(`${path}:${line}: files import each other: ${cycle.join(' -> ')}`);
  }
  return violations;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  const violations = lintLayers(root);
  for (const violation of violations) console.error(violation);
  if (violations.length > 0) process.exitCode = 1;
  else console.log(`layers: ${sourceFiles(root).length} files keep the layer rule`);
}
