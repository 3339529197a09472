import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contract,core,native,main,preload,renderer,bench,scripts,e2e}/**/*.test.ts'],
    // These need a screen: scripts/electron-test.mjs runs them.
    exclude: [...configDefaults.exclude, 'e2e/electron/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Forked processes, because onnxruntime and the addon keep native state.
    pool: 'forks',
    maxWorkers: 2,
  },
});
