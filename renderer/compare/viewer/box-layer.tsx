/** The boxes of one precision, or the labelled ones, over a picture. */

import { memo } from 'react';
import type { Precision } from '../report-parts.ts';
import type { BoxChange, ChangeKind, Detection, LabelledBox } from './box-changes.ts';
import { classColor, dashOf } from './box-style.ts';
import styles from './viewer.module.css';

const words: Readonly<Record<ChangeKind, string>> = { lost: 'lost', new: 'new', moved: 'moved', kept: '' };

interface Corners {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

interface OutlineProps {
  readonly box: Corners;
  readonly color: string;
  readonly dash: string | undefined;
  readonly filled: boolean;
  readonly width: number;
  readonly title: string;
}

/** A line with a dark edge, so that it shows on every picture; its width does not grow with the zoom. */
function Outline({ box, color, dash, filled, width, title }: OutlineProps) {
  const place = {
    x: box.x1,
    y: box.y1,
    width: Math.max(0, box.x2 - box.x1),
    height: Math.max(0, box.y2 - box.y1),
    vectorEffect: 'non-scaling-stroke',
  } as const;
  return (
    <g>
      <rect {...place} fill="none" stroke="#000" strokeOpacity={0.55} strokeWidth={width + 2} />
      <rect
        {...place}
        fill={filled ? color : 'transparent'}
        fillOpacity={filled ? 0.24 : 0}
        stroke={color}
        strokeWidth={width}
        strokeDasharray={dash}
        strokeLinecap={dash?.startsWith('0.1') ? 'round' : 'butt'}
      >
        <title>{title}</title>
      </rect>
    </g>
  );
}

interface BoxLayerProps {
  readonly changes: readonly BoxChange[];
  /** Which end of each change is drawn. */
  readonly side: 'before' | 'after';
  readonly precision: Precision;
  readonly classNames: readonly string[];
  readonly shown: Readonly<Record<ChangeKind, boolean>>;
  /** CSS pixels for an image pixel: letters keep their size. */
  readonly scale: number;
  readonly selected: BoxChange | null;
}

export function boxName(box: { readonly classIndex: number }, classNames: readonly string[]): string {
  return classNames[box.classIndex] ?? `class ${box.classIndex}`;
}

function boxOf(change: BoxChange, side: 'before' | 'after'): Detection | null {
  if (side === 'before') return change.before;
  return change.kind === 'lost' ? null : change.after;
}

export const BoxLayer = memo(function BoxLayer({
  changes,
  side,
  precision,
  classNames,
  shown,
  scale,
  selected,
}: BoxLayerProps) {
  const dash = dashOf(precision);
  return (
    <g>
      {changes.map((change, i) => {
        const box = boxOf(change, side);
        if (box === null || !shown[change.kind]) return null;
        const changed = change.kind !== 'kept';
        const filled = change.kind === 'lost' || change.kind === 'new';
        const chosen = change === selected;
        const name = boxName(box, classNames);
        const label = `${words[change.kind]} ${name} ${box.score.toFixed(2)}`.trim();
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: boxes have no identity but their place in the list
          <g key={i}>
            <Outline
              box={box}
              color={classColor(box.classIndex)}
              dash={dash}
              filled={filled}
              width={chosen ? 3.5 : changed ? 2.25 : 1.5}
              title={change.kind === 'moved' ? `${label}, IoU ${change.iou.toFixed(2)}` : label}
            />
            {(filled || chosen) && <BoxLabel box={box} text={label} scale={scale} />}
          </g>
        );
      })}
    </g>
  );
});

interface BoxLabelProps {
  readonly box: Corners;
  readonly text: string;
  readonly scale: number;
}

/** Above the box, or inside it at the picture's upper edge. */
function BoxLabel({ box, text, scale }: BoxLabelProps) {
  const above = box.y1 * scale > 18;
  const y = above ? box.y1 - 5 / scale : box.y1 + 14 / scale;
  return (
    <text
      className={styles.boxLabel}
      transform={`translate(${box.x1 + (above ? 0 : 4 / scale)} ${y}) scale(${1 / scale})`}
    >
      {text}
    </text>
  );
}

interface TruthLayerProps {
  readonly labels: readonly LabelledBox[];
  readonly classNames: readonly string[];
}

export const TruthLayer = memo(function TruthLayer({ labels, classNames }: TruthLayerProps) {
  return (
    <g>
      {labels.map((label, i) => (
        <Outline
          // biome-ignore lint/suspicious/noArrayIndexKey: boxes have no identity but their place in the list
          key={i}
          box={label}
          color="var(--picture-truth)"
          dash={dashOf('truth')}
          filled={false}
          width={2}
          title={`labelled: ${boxName(label, classNames)}`}
        />
      ))}
    </g>
  );
});
