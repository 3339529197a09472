/** The model and the two image sets that a conversion starts from, each with the way to choose another. */

import type { ReactNode } from 'react';
import type { ProjectModel, ProjectSet } from '../app/project-store.ts';
import { formatCount } from '../design/format.ts';
import { ImagesIcon, ModelIcon } from '../design/icons.tsx';
import { Button, classNames, Skeleton } from '../design/index.ts';
import { sampleBehind } from '../images/kept-samples.ts';
import { baseName, plural, usableImages } from '../images/set-words.ts';
import styles from './input-rows.module.css';

interface RowProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly name: string | null;
  readonly path: string | null;
  readonly note: ReactNode;
  readonly wrong?: boolean;
  readonly action: string;
  readonly onAction: () => void;
}

function Row({ icon, label, name, path, note, wrong = false, action, onAction }: RowProps) {
  return (
    <li className={styles.row}>
      <span className={styles.icon}>{icon}</span>
      <div className={styles.texts}>
        <div className={styles.label}>{label}</div>
        <div className={classNames(styles.name, name === null && styles.none)} title={path ?? undefined}>
          {name ?? 'Not chosen'}
        </div>
        <div className={classNames(styles.note, wrong && styles.wrong)}>{note}</div>
      </div>
      <Button size="small" aria-label={`${action} ${label.toLowerCase()}`} onClick={onAction}>
        {action}
      </Button>
    </li>
  );
}

function setNote(chosen: ProjectSet): ReactNode {
  const { set, failure, labels } = chosen;
  if (failure !== null) return failure.message;
  if (set === null) return <Skeleton width="10rem" />;
  if (set.phase === 'scanning') return `Looking for images: ${formatCount(set.files)} so far`;
  if (set.phase === 'examining') {
    return `${plural(set.files, 'image')}, looking into each: ${formatCount(set.examined)}`;
  }
  const parts = [plural(usableImages(set), 'usable image')];
  if (set.labels !== null) parts.push(`labels for ${plural(set.classNames.length, 'class', 'classes')}`);
  else if (labels === null) parts.push('no labels');
  return parts.join(', ');
}

function setName({ source }: ProjectSet): string {
  const sample = sampleBehind(source);
  return sample === null ? baseName(source) : `Sample of ${baseName(sample.source)}`;
}

export interface InputRowsProps {
  readonly model: ProjectModel | null;
  readonly calibration: ProjectSet | null;
  readonly validation: ProjectSet | null;
  readonly int8: boolean;
  readonly onModel: () => void;
  readonly onSet: (role: 'calibration' | 'validation') => void;
}

export function InputRows({ model, calibration, validation, int8, onModel, onSet }: InputRowsProps) {
  const details = model?.details ?? null;
  const size = details?.inputSize ?? null;
  return (
    <ul className={styles.rows}>
      <Row
        icon={<ModelIcon />}
        label="Model"
        name={model === null ? null : (details?.name ?? baseName(model.path))}
        path={model?.path ?? null}
        wrong={model?.failure != null}
        note={
          model === null
            ? 'The ONNX detector to convert.'
            : (model.failure?.message ??
              (details === null ? (
                <Skeleton width="10rem" />
              ) : (
                [
                  details.layout === 'none' ? 'outputs not recognised' : `${details.layout} outputs`,
                  size === null ? 'input size not known' : `${size.width} × ${size.height}`,
                  plural(details.classNames.length, 'class', 'classes'),
                ].join(', ')
              )))
        }
        action={model === null ? 'Choose' : 'Change'}
        onAction={onModel}
      />
      <Row
        icon={<ImagesIcon />}
        label="Calibration set"
        name={calibration === null ? null : setName(calibration)}
        path={calibration?.source ?? null}
        wrong={calibration?.failure != null}
        note={
          calibration === null
            ? int8
              ? 'Typical images, to find the ranges of INT8.'
              : 'Not needed without INT8.'
            : setNote(calibration)
        }
        action={calibration === null ? 'Choose' : 'Change'}
        onAction={() => onSet('calibration')}
      />
      <Row
        icon={<ImagesIcon />}
        label="Validation set"
        name={validation === null ? null : setName(validation)}
        path={validation?.source ?? null}
        wrong={validation?.failure != null}
        note={
          validation === null
            ? 'Images to judge the engines on; with labels you get mAP.'
            : setNote(validation)
        }
        action={validation === null ? 'Choose' : 'Change'}
        onAction={() => onSet('validation')}
      />
    </ul>
  );
}
