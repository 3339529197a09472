/** The place for image sets: which ones the project uses, and what is in them. */

import { useCallback, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { filePaths } from '../../contract/procedures/index.ts';
import { type Command, useRegisterCommands } from '../app/commands.ts';
import { useNavigation } from '../app/navigation.ts';
import { useChoosePath } from '../app/paths/use-choose-path.ts';
import { type ProjectSet, type SetRole, useProject } from '../app/project-store.ts';
import { useHost } from '../connection/index.ts';
import { PlaceHeader } from '../design/index.ts';
import styles from './images-place.module.css';
import { imagesStore } from './images-store.ts';
import { keepSample, sampleBehind } from './kept-samples.ts';
import { SetGuide } from './set-guide.tsx';
import { SetView } from './set-view.tsx';
import { SlotCard } from './slot-card.tsx';

const slots: readonly SetRole[] = ['calibration', 'validation'];

/** The set that the address names, else the first that is there. */
function shownSlot(named: string | undefined, sets: Readonly<Record<SetRole, ProjectSet | null>>): SetRole {
  const asked = slots.find((slot) => slot === named);
  if (asked !== undefined && sets[asked] !== null) return asked;
  return slots.find((slot) => sets[slot] !== null) ?? 'calibration';
}

export function ImagesPlace() {
  const { client, filesUrl } = useHost();
  const choosePath = useChoosePath();
  const { params, setParams, go } = useNavigation();
  const { model, calibration, validation, openSet, closeSet } = useProject();
  const sets = { calibration, validation };
  const slot = shownSlot(params.set, sets);
  const chosen = sets[slot];
  const set = chosen?.set ?? null;
  const shownId = useStore(imagesStore, (state) => state.set);

  const setId = set?.id ?? null;
  useEffect(() => imagesStore.show(client, setId), [client, setId]);
  useEffect(() => {
    if (set !== null) imagesStore.setChanged(set);
  }, [set]);

  const choose = useCallback(
    async (role: SetRole) => {
      const path = await choosePath('images');
      if (path === null) return;
      setParams({ set: role });
      await openSet(client, role, path);
    },
    [choosePath, client, openSet, setParams],
  );
  const chooseLabels = useCallback(
    async (role: SetRole) => {
      const present = useProject.getState()[role];
      if (present === null) return;
      const path = await choosePath('labels');
      if (path !== null) await openSet(client, role, present.source, path);
    },
    [choosePath, client, openSet],
  );

  const commands = useMemo<readonly Command[]>(
    () =>
      slots.map((role) => ({
        id: `images.choose.${role}`,
        title: role === 'calibration' ? 'Choose calibration images…' : 'Choose validation images…',
        group: 'Images',
        keywords: ['folder', 'set', 'pictures'],
        run: () => void choose(role),
      })),
    [choose],
  );
  useRegisterCommands(commands);

  const pictureUrl = useCallback(
    (item: { readonly index: number }, width: number) => {
      return filesUrl(filePaths.image(setId ?? '', item.index, width));
    },
    [filesUrl, setId],
  );

  return (
    <div className={styles.place}>
      <PlaceHeader
        title="Images"
        description="INT8 needs images to calibrate with, and every precision images to be judged on."
      />
      <div className={styles.slots}>
        {slots.map((role) => {
          const present = sets[role];
          const sample = present === null ? null : sampleBehind(present.source);
          return (
            <SlotCard
              key={role}
              slot={role}
              chosen={present}
              sample={sample}
              shown={present !== null && role === slot}
              onShow={() => setParams({ set: role })}
              onChoose={() => void choose(role)}
              onDropHere={() => setParams({ set: role })}
              onChooseLabels={() => void chooseLabels(role)}
              onRemoveLabels={() => present !== null && void openSet(client, role, present.source)}
              onClear={() => closeSet(role)}
              onRetry={() => present !== null && void openSet(client, role, present.source, present.labels)}
              onUseWhole={() => sample !== null && void openSet(client, role, sample.source)}
            />
          );
        })}
      </div>
      {chosen === null && <SetGuide />}
      {set !== null && set.phase !== 'failed' && shownId === set.id && (
        <SetView
          client={client}
          slot={slot}
          set={set}
          modelClasses={model?.details?.classNames ?? []}
          view={params.view ?? 'images'}
          onView={(view) => setParams({ view: view === 'images' ? null : view })}
          pictureUrl={pictureUrl}
          onAddLabels={() => void chooseLabels(slot)}
          onUseSample={async (sample) => {
            keepSample(sample.listFile, sample);
            await openSet(client, 'calibration', sample.listFile);
            go('images', { set: 'calibration' });
          }}
        />
      )}
    </div>
  );
}
