/** Loads the compiled addon once; the typed faces of its concerns are in the folders beside this file. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findAddon(): string {
  // Sources lie in native/, compiled code in dist/native/: the package root is the first folder above with the build.
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'native', 'build', 'Release', 'engineroom.node');
    if (existsSync(path)) return path;
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error(
        'The native addon engineroom.node is not built: run "npm run build:native" (needs a C++17 compiler and cmake).',
      );
    }
    folder = parent;
  }
}

/** The addon's exports, untyped on purpose: each concern's index.ts states the types of its own functions. */
export const addon: unknown = createRequire(import.meta.url)(findAddon());
