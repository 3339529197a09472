import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPathPolicy } from './path-policy.ts';
import type { PathPolicy } from './service.ts';

let folder: string;
let root: string;
let policy: PathPolicy;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'engineroom-paths-')));
  root = join(folder, 'root');
  await mkdir(join(root, 'sub'), { recursive: true });
  await mkdir(join(folder, 'rooted'));
  await mkdir(join(folder, 'data'));
  for (const file of ['root/in.txt', 'out.txt', 'rooted/x.txt', 'data/own.txt'])
    await writeFile(join(folder, file), '');
  await symlink(join(folder, 'out.txt'), join(root, 'link.txt'));
  await symlink(folder, join(root, 'up'));
  await symlink(join(folder, 'nowhere'), join(root, 'dangling'));
  await symlink(root, join(folder, 'alias'));
  policy = await createPathPolicy([join(folder, 'alias')], [join(folder, 'data')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the path policy', () => {
  it('resolves roots and paths to real paths', async () => {
    expect(policy.roots).toEqual([root]);
    expect(await policy.check(join(folder, 'alias', 'in.txt'))).toBe(join(root, 'in.txt'));
    expect(await policy.check(join(root, 'sub', '..', 'in.txt'))).toBe(join(root, 'in.txt'));
    expect(await policy.check(join(folder, 'data', 'own.txt'))).toBe(join(folder, 'data', 'own.txt'));
  });

  it.each(['out.txt', 'root/link.txt', 'root/up/out.txt', 'root/../out.txt', 'rooted/x.txt', '', 'root/up'])(
    'refuses %j',
    async (path) => {
      await expect(policy.check(join(folder, path))).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('not below'),
      });
    },
  );

  it('says of a missing file that it is missing only below the roots', async () => {
    await expect(policy.check(join(root, 'gone.txt'))).rejects.toThrow('does not exist');
    await expect(policy.check(join(folder, 'alias', 'gone.txt'))).rejects.toThrow('does not exist');
    await expect(policy.check(join(folder, 'gone.txt'))).rejects.toThrow('not below');
  });

  it('takes a new path by its nearest existing folder, and follows no link out', async () => {
    expect(await policy.checkNew(join(root, 'a', 'b'))).toBe(join(root, 'a', 'b'));
    await expect(policy.checkNew(join(root, 'up', 'new'))).rejects.toThrow('not below');
    await expect(policy.checkNew(join(root, 'dangling', 'new'))).rejects.toMatchObject({ code: 'bad-input' });
    await expect(policy.checkNew(join(folder, 'new'))).rejects.toThrow('not below');
  });

  it('refuses what is no whole path', async () => {
    await expect(policy.check('in.txt')).rejects.toThrow('not a whole path');
    await expect(policy.check(`${root}\0`)).rejects.toThrow('zero byte');
  });

  it('without roots allows everything that exists', async () => {
    const open = await createPathPolicy([], []);
    expect(await open.check(join(folder, 'out.txt'))).toBe(join(folder, 'out.txt'));
    await expect(open.check(join(folder, 'gone.txt'))).rejects.toThrow('does not exist');
  });
});
