/**
 * Builds the renderer into dist/renderer; with `--mode chrome83` a second one for the old Chromium that the desktop's
 * smoke test runs in, into dist/renderer-chrome83. `npx vite` serves it for development and passes calls on to a host.
 */

import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where `engineroom serve` listens while the renderer is being developed. */
const host = process.env.ENGINEROOM_HOST ?? 'http://127.0.0.1:7420';

export default defineConfig(({ mode }) => {
  const old = mode === 'chrome83';
  return {
    root: at('renderer'),
    // Relative, because the desktop serves the files from a scheme of its own.
    base: './',
    publicDir: false,
    plugins: [react()],
    build: {
      outDir: at(old ? 'dist/renderer-chrome83' : 'dist/renderer'),
      emptyOutDir: true,
      target: old ? 'chrome83' : ['chrome120', 'firefox121', 'safari17'],
      cssTarget: old ? 'chrome83' : ['chrome120', 'firefox121', 'safari17'],
      sourcemap: true,
      chunkSizeWarningLimit: 900,
      // A font or picture inside a style sheet would need `data:` in the content security policy.
      assetsInlineLimit: 0,
    },
    // A classic worker where modules in workers are too new.
    worker: { format: old ? ('iife' as const) : ('es' as const) },
    server: {
      proxy: {
        '/rpc': { target: host, ws: true, changeOrigin: true },
        '/files': { target: host, changeOrigin: true },
      },
    },
  };
});
