/** What becomes of a drop: its route, the upload where one is needed, and the place that it leads to. */

import { create } from 'zustand';
import type { DesktopBridge } from '../../../contract/bridge.ts';
import type { Host } from '../../connection/index.ts';
import { useToasts } from '../../design/index.ts';
import { useNavigation } from '../navigation.ts';
import { folderOf } from '../paths/path-words.ts';
import { type SetRole, useProject } from '../project-store.ts';
import { type BrowserItem, filesBelow } from './read-drop.ts';
import { type DropRoute, isImageOrLabels, routeDrop } from './route-drop.ts';
import { UploadFailure, type UploadFile, type UploadProgress, uploadFiles } from './upload.ts';

export interface Upload {
  readonly title: string;
  readonly progress: UploadProgress;
  readonly cancel: () => void;
}

interface DropState {
  readonly upload: Upload | null;
  readonly open: (items: readonly BrowserItem[], host: Host, bridge: DesktopBridge | null) => Promise<void>;
}

/** More files than this do not travel through a browser in reasonable time. */
const mostUploads = 5_000;

export interface OpenPaths {
  readonly model: string | null;
  readonly images: string | null;
  readonly labels: string | null;
}

/** Which paths a drop opens, given the path of each item. Single images stand for their folder. */
export function pathsOf(
  route: Extract<DropRoute<BrowserItem>, { kind: 'open' }>,
  pathOf: (item: BrowserItem) => string,
): OpenPaths {
  const [model] = route.model;
  const [folder] = route.folders;
  const [image] = route.images;
  const [label] = route.labels;
  const images = folder !== undefined ? pathOf(folder) : image !== undefined ? folderOf(pathOf(image)) : null;
  const labels =
    label === undefined ? null : route.labels.length === 1 ? pathOf(label) : folderOf(pathOf(label));
  return { model: model === undefined ? null : pathOf(model), images, labels };
}

/** The role that a dropped image set takes: with labels it can validate; else the one that is still missing. */
export function roleFor(
  paths: OpenPaths,
  params: Readonly<Record<string, string>>,
  has: (role: SetRole) => boolean,
): SetRole {
  if (paths.labels !== null) return 'validation';
  if (params.set === 'validation' || params.set === 'calibration') return params.set;
  return has('calibration') && !has('validation') ? 'validation' : 'calibration';
}

export const useDrops = create<DropState>((set) => {
  /** Brings files of a browser to the host; answers the path of each item there. */
  const upload = async (route: Extract<DropRoute<BrowserItem>, { kind: 'open' }>, host: Host) => {
    const abort = new AbortController();
    const single = [...route.model, ...route.images, ...route.labels];
    const inFolders = await Promise.all(
      route.folders.map(async ({ entry }) => {
        if (entry === null) return [];
        try {
          return await filesBelow(entry, mostUploads);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          throw new UploadFailure(
            `${entry.name} holds more than ${mostUploads} files, too many to send through a browser.`,
            'Copy the folder to the host and choose its path in Images.',
          );
        }
      }),
    );
    const usable = inFolders.flat().filter(({ path }) => isImageOrLabels(path));
    const files: UploadFile[] = [
      ...single.flatMap(({ name, file }) => (file === null ? [] : [{ name, file }])),
      ...usable.map(({ path, file }) => ({ name: path, file })),
    ];
    if (files.length === 0)
      throw new UploadFailure(
        'The folder holds no images.',
        'Drop a folder that holds images, with or without labels.',
      );
    const show = (progress: UploadProgress) =>
      set({
        upload: {
          title: files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`,
          progress,
          cancel: () => abort.abort(),
        },
      });
    show({ value: 0, sentFiles: 0, files: files.length });
    try {
      const paths = await uploadFiles(files, {
        title: route.model[0]?.name ?? route.folders[0]?.name ?? 'images',
        filesUrl: host.filesUrl,
        limitBytes: host.info.uploadLimitBytes,
        signal: abort.signal,
        onProgress: show,
      });
      const byItem = new Map<BrowserItem, string>();
      single.forEach((item, index) => {
        byItem.set(item, paths[index] ?? '');
      });
      // All files of a drop share one folder on the host, and the folder's own files lie below it by their path.
      const [root] = usable;
      const rootPath = paths[single.length] ?? '';
      for (const folder of route.folders) {
        byItem.set(
          folder,
          root === undefined ? '' : rootPath.slice(0, rootPath.length - root.path.length - 1),
        );
      }
      return byItem;
    } finally {
      set({ upload: null });
    }
  };

  const openPaths = async (paths: OpenPaths, host: Host) => {
    const { go, params } = useNavigation.getState();
    const project = useProject.getState();
    if (paths.model !== null) {
      go('models', {});
      void project.openModel(host.client, paths.model);
    }
    if (paths.images === null && paths.labels === null) return;
    const role = roleFor(paths, params, (candidate) => project[candidate] !== null);
    const source = paths.images ?? project.validation?.source ?? null;
    if (source === null) {
      useToasts.getState().show({
        severity: 'warning',
        title: 'These labels belong to images that are not open yet.',
        text: 'Choose the folder of their images in Images, then drop the labels again.',
      });
      go('images', { set: 'validation' });
      return;
    }
    if (paths.model === null) go('images', { set: role });
    await project.openSet(host.client, role, source, paths.labels);
    tellRole(role, source, paths.labels, host);
  };

  const tellRole = (role: SetRole, source: string, labels: string | null, host: Host) => {
    const other: SetRole = role === 'calibration' ? 'validation' : 'calibration';
    if (useProject.getState()[role]?.failure) return;
    useToasts.getState().show({
      severity: 'ok',
      title: `Opened as the ${role} set.`,
      text: source,
      action: {
        label: `Use as the ${other} set instead`,
        onSelect: () => {
          const { closeSet, openSet } = useProject.getState();
          closeSet(role);
          useNavigation.getState().go('images', { set: other });
          void openSet(host.client, other, source, labels);
        },
      },
    });
  };

  /** Takes away what was said of the drop before. */
  let closeLast: () => void = () => undefined;

  return {
    upload: null,
    open: async (items, host, bridge) => {
      closeLast();
      const { show, showError } = useToasts.getState();
      const route = routeDrop(items);
      if (route.kind === 'refuse') {
        closeLast = show({ severity: 'error', title: route.message, text: route.remedy });
        return;
      }
      try {
        if (host.local && bridge !== null) {
          const pathOf = ({ file }: BrowserItem) => (file === null ? '' : bridge.pathOfFile(file));
          const paths = pathsOf(route, pathOf);
          if (Object.values(paths).includes('')) {
            throw new UploadFailure(
              'The desktop does not tell where the dropped file lies.',
              'Choose it with the button of the place instead.',
            );
          }
          await openPaths(paths, host);
        } else {
          const uploaded = await upload(route, host);
          await openPaths(
            pathsOf(route, (item) => uploaded.get(item) ?? ''),
            host,
          );
        }
      } catch (error) {
        closeLast = showError(error);
      }
    },
  };
});
