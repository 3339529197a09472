/** The rail: the places in the order of work, settings below. */

import { classNames } from '../design/index.ts';
import { Mark } from './mark.tsx';
import { type Place, useNavigation } from './navigation.ts';
import { placeList } from './place-list.tsx';
import { useProject } from './project-store.ts';
import styles from './rail.module.css';
import { activeRun, useRuns } from './runs-store.ts';

/** A dot beside a place where something goes on or went wrong; what it means, in words. */
function usePlaceMark(place: Place): { readonly tone: 'busy' | 'trouble'; readonly words: string } | null {
  const model = useProject((state) => state.model);
  const calibration = useProject((state) => state.calibration);
  const validation = useProject((state) => state.validation);
  const running = useRuns((state) => activeRun(state.runs) !== undefined);
  if (place === 'models' && model !== null && model.failure !== null) {
    return { tone: 'trouble', words: 'the model could not be opened' };
  }
  if (place === 'images' && [calibration, validation].some((set) => set !== null && set.failure !== null)) {
    return { tone: 'trouble', words: 'an image set could not be opened' };
  }
  if (place === 'convert' && running) return { tone: 'busy', words: 'a run is in progress' };
  return null;
}

function RailEntry({ place }: { readonly place: Place }) {
  const present = useNavigation((state) => state.place);
  const go = useNavigation((state) => state.go);
  const mark = usePlaceMark(place);
  const entry = placeList.find((candidate) => candidate.place === place);
  if (entry === undefined) return null;
  return (
    <li>
      <a
        href={`#/${place}`}
        className={classNames(styles.entry, place === present && styles.present)}
        aria-current={place === present ? 'page' : undefined}
        onClick={(event) => {
          event.preventDefault();
          go(place);
        }}
      >
        <span className={styles.icon}>{entry.icon}</span>
        <span className={styles.title}>{entry.title}</span>
        {mark !== null && (
          <span className={classNames(styles.mark, styles[mark.tone])}>
            <span className={styles.words}>, {mark.words}</span>
          </span>
        )}
      </a>
    </li>
  );
}

export function Rail() {
  return (
    <nav className={styles.rail} aria-label="Places" data-part="rail">
      <div className={styles.brand}>
        <Mark />
        <span className={styles.name}>Engine Room</span>
      </div>
      <ul className={styles.list}>
        <RailEntry place="models" />
        <RailEntry place="images" />
        <RailEntry place="convert" />
        <RailEntry place="compare" />
        <RailEntry place="engines" />
      </ul>
      <ul className={classNames(styles.list, styles.last)}>
        <RailEntry place="settings" />
      </ul>
    </nav>
  );
}
