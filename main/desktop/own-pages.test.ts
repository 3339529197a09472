/** Addresses of our own pages lead to files of the renderer's folder and nowhere else. */

import { relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, fileOfPage, isOwnPage } from './own-pages.ts';

describe('fileOfPage', () => {
  it.each([
    ['app://engineroom', '/r/index.html'],
    ['app://engineroom/', '/r/index.html'],
    ['app://engineroom/index.html#compare?run=1', '/r/index.html'],
    ['app://engineroom/assets/a%20b.js?v=1', '/r/assets/a b.js'],
  ])('%s is %s', (url, file) => {
    expect(fileOfPage(url, '/r')).toBe(file);
  });

  it.each([
    'app://engineroom/../secret',
    'app://engineroom/a/../../secret',
    'app://engineroom/%2e%2e/secret',
    'app://engineroom/..%2fsecret',
    'app://engineroom/..%5csecret',
    'app://engineroom/a%00.js',
    'app://engineroom/C:/x',
    'app://engineroom/index.html::$DATA',
    'app://engineroom/%ff',
    'app://other/index.html',
    'app://engineroom.evil/index.html',
    'app://engineroom@evil/index.html',
    'file:///etc/passwd',
    'http://engineroom/index.html',
  ])('%s is nothing', (url) => {
    expect(fileOfPage(url, '/r')).toBeUndefined();
  });

  it('never leaves the folder, whatever the path', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '.', '%2e', '%2F', '%5C', '\\', '/', '//', '%00', ':', 'a', '%252e'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const file = fileOfPage(`app://engineroom/${parts.join('')}`, '/r/renderer');
        if (file !== undefined) expect(relative('/r/renderer', file)).not.toMatch(/^\.\.|^\//);
      }),
    );
  });
});

it('own pages are those of the one origin', () => {
  expect(isOwnPage('app://engineroom/index.html')).toBe(true);
  for (const url of ['', 'app://engineroom2/', 'app://engineroom.x/', 'about:blank', 'data:text/html,x']) {
    expect(isOwnPage(url)).toBe(false);
  }
});

it('the policy allows no eval, no foreign script and no frame', () => {
  const scripts = contentSecurityPolicy.split('; ').find((line) => line.startsWith('script-src'));
  expect(scripts).toBe("script-src 'self'");
  expect(contentSecurityPolicy).toContain("default-src 'none'");
  expect(contentSecurityPolicy).toContain("frame-src 'none'");
  expect(contentSecurityPolicy).not.toContain('unsafe-eval');
});
