/** The frame of the window: rail, top bar, and the place that is open. */

import { Suspense, useEffect, useRef } from 'react';
import { useConnection } from '../connection/index.ts';
import { Skeleton } from '../design/index.ts';
import { useModelCommands } from '../models/model-commands.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { DropTarget, UploadNotice } from './drop/drop-target.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import styles from './frame.module.css';
import { followAddress, useNavigation } from './navigation.ts';
import { PathPicker } from './paths/path-picker.tsx';
import { fetchPlaces, placeComponents, placeList } from './place-list.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';
import { usePartsByKey } from './use-parts-by-key.ts';
import { useProjectUpkeep } from './use-project-upkeep.ts';

export function Frame() {
  const place = useNavigation((state) => state.place);
  const content = useRef<HTMLElement>(null);
  useEffect(followAddress, []);
  useProjectUpkeep();
  useModelCommands();
  usePartsByKey();
  useEffect(() => {
    const later = setTimeout(fetchPlaces, 1500);
    return () => clearTimeout(later);
  }, []);
  const title = placeList.find((entry) => entry.place === place)?.title ?? '';
  useEffect(() => {
    document.title = `${title} – Engine Room`;
    content.current?.scrollTo({ top: 0 });
  }, [title]);
  const Present = placeComponents[place];

  return (
    <div className={styles.frame}>
      <button type="button" className={styles.skip} onClick={() => content.current?.focus()}>
        Skip to content
      </button>
      <Rail />
      <div className={styles.column}>
        <TopBar />
        <ConnectionBanner />
        <main ref={content} id="content" className={styles.content} tabIndex={-1} aria-label={title}>
          <ErrorBoundary part={title} resetKey={place}>
            <Suspense fallback={<PlaceSkeleton />}>
              <Present />
            </Suspense>
          </ErrorBoundary>
        </main>
      </div>
      <PathPicker />
      <UploadNotice />
      <DropTarget />
    </div>
  );
}

function PlaceSkeleton() {
  const { info } = useConnection();
  return (
    <div className={styles.waiting} aria-busy={info !== null} aria-label="Loading" role="status">
      <Skeleton width="12rem" height="1.6rem" />
      <Skeleton lines={4} height="1rem" />
    </div>
  );
}
