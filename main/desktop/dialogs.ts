/** Native dialogs: choosing models, folders and labels, and the question before a run in progress is ended. */

import { type BrowserWindow, dialog } from 'electron';

type Properties = ('openFile' | 'openDirectory' | 'createDirectory')[];

async function choose(
  window: BrowserWindow,
  title: string,
  properties: Properties,
  filters: { name: string; extensions: string[] }[] = [],
): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title, properties, filters });
  return canceled ? null : (filePaths[0] ?? null);
}

export function chooseModel(window: BrowserWindow): Promise<string | null> {
  return choose(
    window,
    'Open a model',
    ['openFile'],
    [
      { name: 'ONNX models', extensions: ['onnx'] },
      { name: 'All files', extensions: ['*'] },
    ],
  );
}

const folderTitles = {
  images: 'Choose a folder of images',
  labels: 'Choose a folder of labels',
  output: 'Choose where the engines go',
} as const;

export function chooseFolder(
  window: BrowserWindow,
  purpose: keyof typeof folderTitles,
): Promise<string | null> {
  const properties: Properties = ['openDirectory'];
  if (purpose === 'output') properties.push('createDirectory');
  return choose(window, folderTitles[purpose], properties);
}

/** A COCO JSON or data.yaml; a folder of labels is chosen with `chooseFolder`. */
export function chooseLabels(window: BrowserWindow): Promise<string | null> {
  return choose(
    window,
    'Choose labels',
    ['openFile'],
    [
      { name: 'COCO JSON or data.yaml', extensions: ['json', 'yaml', 'yml'] },
      { name: 'All files', extensions: ['*'] },
    ],
  );
}

/** Asks before runs are ended; true to end them. Escape and closing the dialog mean no. */
export async function confirmEndingRuns(window: BrowserWindow, runs: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    title: 'Quit Engine Room?',
    message: runs === 1 ? 'A conversion is in progress.' : `${runs} conversions are in progress or waiting.`,
    detail:
      'If you quit now, it is marked as interrupted. It can be repeated later; what was measured so far is lost.',
    buttons: ['Keep running', 'Quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

export async function showAbout(window: BrowserWindow, version: string): Promise<void> {
  const { chrome, electron } = process.versions;
  await dialog.showMessageBox(window, {
    type: 'info',
    title: 'About Engine Room',
    message: `Engine Room ${version}`,
    detail: `Electron ${electron}, Chromium ${chrome}`,
    buttons: ['Close'],
    noLink: true,
  });
}
