import { describe, expect, it } from 'vitest';
import { logError, logLine, windowLog } from './window-log.ts';

describe('the log of the window', () => {
  it('keeps the latest 200 lines and no token', () => {
    for (let line = 0; line < 250; line += 1) logLine(`line ${line};`);
    logLine('opened http://gpu-box/?token=secret-value&x=1');
    const text = windowLog('0.1.0');
    expect(text).toContain('Engine Room 0.1.0');
    expect(text).not.toContain('line 50;');
    expect(text).toContain('line 249;');
    expect(text).not.toContain('secret-value');
  });
  it('holds where an error came from', () => {
    logError(new TypeError('x is not a function'), 'Models');
    expect(windowLog(null)).toMatch(/Models: TypeError: x is not a function/);
  });
});
