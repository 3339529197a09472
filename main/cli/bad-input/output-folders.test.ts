/** Bad input: output folders that cannot be written, or that a killed run left behind. Each gets one sentence that names it, the remedy, the right exit code; nothing half-written stays. */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  calibrationImages,
  convert,
  makeFolder,
  model,
  newOut,
  quick,
  quickFloat,
  write,
} from '../testing/bad-input.ts';
import { built, runCli, whyNotBuilt, workersAlive } from '../testing/run-cli.ts';

const root = process.getuid?.() === 0;
const canMount = root && spawnSync('mount', ['--version']).status === 0 && process.platform === 'linux';

describe.skipIf(!built)(`an output folder${whyNotBuilt}`, () => {
  it('beneath a file', async () => {
    const file = write('plain-file', 'x');
    const { code, stderr } = await convert(model, join(file, 'out'), quickFloat);
    expect(stderr).toContain('plain-file');
    expect(stderr).toContain('cannot be written');
    expect(code).toBe(1);
  });

  it.skipIf(!canMount)(
    `on a full disk: nothing half-written remains${canMount ? '' : ' (skipped: needs root on Linux)'}`,
    async () => {
      const disk = makeFolder('disk');
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0;
      if (!mounted) {
        console.log('full disk: NOT TESTED, this machine does not allow a mount');
        return;
      }
      try {
        const out = join(disk, 'out');
        const { code, stderr } = await convert(model, out, quickFloat);
        expect(stderr).toMatch(/No space is left/);
        expect(stderr).toContain('--out');
        expect(code).toBe(1);
        expect(existsSync(out) ? readdirSync(out) : []).toEqual([]);
      } finally {
        spawnSync('umount', [disk]);
      }
    },
    60_000,
  );

  it('that is read-only', async () => {
    const disk = makeFolder('read-only');
    let end = () => chmodSync(disk, 0o755);
    if (root) {
      // Root may write anywhere, but not on a read-only file system.
      if (!canMount || spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', disk]).status !== 0) {
        console.log('read-only folder: NOT TESTED, root may write everywhere and a mount is not allowed');
        return;
      }
      end = () => void spawnSync('umount', [disk]);
    } else {
      chmodSync(disk, 0o555);
    }
    try {
      const { code, stderr } = await convert(model, join(disk, 'out'), quickFloat);
      expect(stderr).toContain('cannot be written');
      expect(code).toBe(1);
    } finally {
      end();
    }
  });

  it('in which a run was killed: the next run works and says what was left', async () => {
    const out = newOut();
    const marker = `engineroom-test-${randomBytes(6).toString('hex')}`;
    const words = ['--calibration', calibrationImages, ...quick];
    let killed = false;
    const first = await runCli(['convert', model, '--out', out, ...words, '--runs', '5000'], {
      env: { ENGINEROOM_TEST_MARKER: marker },
      onOutput: (text, child) => {
        if (!killed && text.includes('Measure latency')) {
          killed = true;
          child.kill('SIGKILL');
        }
      },
    });
    expect(first.code).toBeNull();
    const left = readdirSync(out).filter((name) => name.startsWith('.'));
    expect(left).toHaveLength(1);
    expect(existsSync(join(out, 'report.json'))).toBe(false);

    const second = await convert(model, out, words);
    expect(second.stderr).toMatch(/earlier run .* was ended in the middle/);
    expect(second.code).toBe(0);
    expect(existsSync(join(out, 'report.json'))).toBe(true);
    // Workers of the killed run saw their parent go.
    expect(workersAlive(marker)).toEqual([]);
  }, 120_000);
});
