/** The viewer's state: which image in which precisions, kept in the address, with its detections and its neighbours. */

import { useCallback, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { filePaths } from '../../../contract/procedures/index.ts';
import { useNavigation } from '../../app/navigation.ts';
import { useHost } from '../../connection/index.ts';
import type { Precision, Report } from '../report-parts.ts';
import type { StageMode } from './picture-stage.tsx';
import { chooseSides, comparablePrecisions } from './sides.ts';
import { createViewerStore, type LoadedDetections, type ViewerState } from './viewer-store.ts';

export interface ViewerModel {
  readonly list: ViewerState;
  readonly precisions: readonly Precision[];
  readonly left: Precision;
  readonly right: Precision;
  readonly mode: StageMode;
  /** Index of the image in the run's validation set; null before the list has come. */
  readonly index: number | null;
  /** Position in the list, -1 when it is not loaded. */
  readonly position: number;
  readonly loaded: LoadedDetections | undefined;
  readonly choosePrecisions: (left: Precision, right: Precision) => void;
  readonly chooseMode: (mode: StageMode) => void;
  readonly choosePosition: (position: number) => void;
  readonly show: (first: number, last: number) => void;
  readonly lookAgain: (index: number) => void;
  readonly reloadList: () => void;
}

export function useViewer(run: string, report: Report): ViewerModel {
  const { client, filesUrl } = useHost();
  const params = useNavigation((state) => state.params);
  const setParams = useNavigation((state) => state.setParams);
  const precisions = useMemo(() => comparablePrecisions(report), [report]);
  const [left, right] = chooseSides(precisions, params.left, params.right);
  // The list is ordered by the difference from FP32 of the side that is not FP32.
  const ordering = right === 'fp32' ? left : right;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order is asked of the same store, below
  const store = useMemo(() => createViewerStore(client, run, ordering), [client, run]);
  const list = useStore(store.state);

  useEffect(() => {
    void store.order(ordering);
    void store.show(0, 0);
  }, [store, ordering]);

  const wanted = params.image === undefined ? Number.NaN : Number(params.image);
  const index = Number.isInteger(wanted) && wanted >= 0 ? wanted : (list.images.get(0)?.index ?? null);
  const position = useMemo(() => {
    for (const [at, image] of list.images) if (image.index === index) return at;
    return -1;
  }, [list.images, index]);

  const next = list.images.get(position + 1)?.index;
  useEffect(() => {
    if (index === null) return;
    void store.look(index).then(() => {
      if (next === undefined) return;
      // The neighbour is ready before it is asked for.
      void store.look(next);
      new Image().src = filesUrl(filePaths.runImage(run, next, 1280));
    });
  }, [store, index, next, run, filesUrl]);

  const choosePosition = useCallback(
    (to: number) => {
      void store.show(to, to).then(() => {
        const image = store.state.getState().images.get(to);
        if (image) setParams({ image: String(image.index) });
      });
    },
    [store, setParams],
  );
  const show = useCallback((first: number, last: number) => void store.show(first, last), [store]);

  return {
    list,
    precisions,
    left,
    right,
    mode: params.mode === 'side-by-side' ? 'side-by-side' : 'swipe',
    index,
    position,
    loaded: index === null ? undefined : list.detections.get(index),
    choosePrecisions: (nextLeft, nextRight) => setParams({ left: nextLeft, right: nextRight }),
    chooseMode: (mode) => setParams({ mode: mode === 'swipe' ? null : mode }),
    choosePosition,
    show,
    lookAgain: (at) => void store.lookAgain(at),
    reloadList: () => void store.show(0, 0),
  };
}
