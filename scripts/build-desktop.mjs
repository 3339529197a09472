/**
 * Bundles Electron's main process and preload into dist/desktop. One bundle serves all versions: it is written for
 * Node 12 and Chromium 83, so that what the tests run in their old Electron is what is shipped.
 */

import { join } from 'node:path';
import { build } from 'vite';
import { root } from './steps.mjs';

/** Node 12 has no `node:` prefix. */
const plainNodeNames = {
  name: 'plain-node-names',
  enforce: 'pre',
  resolveId(id) {
    return id.startsWith('node:') ? { id: id.slice('node:'.length), external: true } : null;
  },
};

async function bundle(entry, file, target) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [plainNodeNames],
    // Everything but Electron goes into the bundle: the packaged app has no node_modules beside it.
    ssr: { noExternal: true, external: ['electron'] },
    resolve: { conditions: ['node', 'require', 'default'] },
    build: {
      ssr: join(root, entry),
      target,
      outDir: join(root, 'dist', 'desktop'),
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        external: ['electron', 'bufferutil', 'utf-8-validate'],
        output: { format: 'cjs', entryFileNames: file, codeSplitting: false },
      },
    },
  });
}

await bundle('main/desktop/main.ts', 'main.cjs', 'es2019');
await bundle('preload/preload.ts', 'preload.cjs', 'chrome83');
