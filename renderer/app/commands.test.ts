import { beforeEach, describe, expect, it } from 'vitest';
import { type Command, groupCommands, useCommands } from './commands.ts';
import { formatShortcut, type KeyPress, matchesShortcut } from './shortcuts.ts';

const command = (id: string, group: string, title = id): Command => ({
  id,
  group,
  title,
  run: () => undefined,
});
const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe('commands', () => {
  beforeEach(() => useCommands.setState({ sources: [] }));

  it('are offered while they are registered', () => {
    const away = useCommands.getState().register([command('a', 'One')]);
    const other = [command('b', 'Two')];
    useCommands.getState().register(other);
    away();
    expect(useCommands.getState().sources).toEqual([other]);
  });

  it('stand in groups, the latest of an id taking the place of the earlier one', () => {
    const groups = groupCommands([
      [command('a', 'One'), command('b', 'Two')],
      [command('c', 'One'), command('b', 'Two', 'renewed')],
    ]);
    expect(groups.map(({ group, commands }) => [group, commands.map(({ title }) => title)])).toEqual([
      ['One', ['a', 'c']],
      ['Two', ['renewed']],
    ]);
  });
});

describe('shortcuts', () => {
  it('take Command on a Mac and Control elsewhere', () => {
    expect(matchesShortcut(press('k', { ctrlKey: true }), 'Mod+K', false)).toBe(true);
    expect(matchesShortcut(press('k', { metaKey: true }), 'Mod+K', true)).toBe(true);
    expect(matchesShortcut(press('k', { metaKey: true }), 'Mod+K', false)).toBe(false);
    expect(matchesShortcut(press('k'), 'Mod+K', false)).toBe(false);
  });

  it('want no other modifier', () => {
    expect(matchesShortcut(press('K', { ctrlKey: true, shiftKey: true }), 'Mod+K', false)).toBe(false);
    expect(matchesShortcut(press('k', { ctrlKey: true, altKey: true }), 'Mod+K', false)).toBe(false);
  });

  it('know a digit by its key, whatever character Alt makes of it', () => {
    expect(matchesShortcut(press('¡', { code: 'Digit1', altKey: true }), 'Alt+1', true)).toBe(true);
    expect(matchesShortcut(press('2', { code: 'Digit2', altKey: true }), 'Alt+1', true)).toBe(false);
  });

  it('take a sign as it is typed, Shift or not', () => {
    expect(matchesShortcut(press('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matchesShortcut(press('?'), '?', false)).toBe(true);
  });

  it('are written as the platform writes them', () => {
    expect(formatShortcut('Mod+K', false)).toBe('Ctrl K');
    expect(formatShortcut('Mod+Shift+K', true)).toBe('⌘⇧K');
  });
});
