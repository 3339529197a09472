/** One picture in two precisions: side by side, or over each other with a divider to swipe. */

import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useRef, useState } from 'react';
import { classNames, PrecisionTag } from '../../design/index.ts';
import type { ImageDetections, Precision } from '../report-parts.ts';
import type { BoxChange, ChangeKind } from './box-changes.ts';
import { BoxLayer, TruthLayer } from './box-layer.tsx';
import type { StageViewport } from './use-viewport.ts';
import styles from './viewer.module.css';
import { pictureWidth } from './viewport.ts';

export type StageMode = 'swipe' | 'side-by-side';
export type Shown = Readonly<Record<ChangeKind | 'truth', boolean>>;

export interface PictureStageProps {
  readonly mode: StageMode;
  readonly left: Precision;
  readonly right: Precision;
  readonly detections: ImageDetections;
  readonly changes: readonly BoxChange[];
  readonly shown: Shown;
  readonly selected: BoxChange | null;
  readonly pictureUrl: (width: number) => string;
  readonly stage: StageViewport;
  /** Measured by the owner of the viewport. */
  readonly paneRef: React.RefObject<HTMLDivElement | null>;
}

export function PictureStage(props: PictureStageProps) {
  return props.mode === 'swipe' ? <SwipeStage {...props} /> : <SideBySide {...props} />;
}

function SideBySide(props: PictureStageProps) {
  const { left, right, paneRef } = props;
  return (
    <div className={styles.pair}>
      <div className={styles.pane} data-pane ref={paneRef}>
        <Picture {...props}>
          <Boxes {...props} side="before" />
        </Picture>
        <PaneTag precision={left} place="left" />
      </div>
      <div className={styles.pane} data-pane>
        <Picture {...props}>
          <Boxes {...props} side="after" />
        </Picture>
        <PaneTag precision={right} place="left" />
      </div>
    </div>
  );
}

function SwipeStage(props: PictureStageProps) {
  const { left, right, paneRef, stage } = props;
  const [share, setShare] = useState(0.5);
  const id = useId();
  const x = share * stage.pane.width;
  return (
    <div className={styles.pane} data-pane ref={paneRef}>
      <Picture
        {...props}
        clips={
          <>
            <clipPath id={`${id}-left`}>
              <rect x={0} y={0} width={Math.max(0, x)} height={stage.pane.height} />
            </clipPath>
            <clipPath id={`${id}-right`}>
              <rect x={x} y={0} width={Math.max(0, stage.pane.width - x)} height={stage.pane.height} />
            </clipPath>
          </>
        }
        layers={[
          { clip: `${id}-left`, content: <Boxes {...props} side="before" /> },
          { clip: `${id}-right`, content: <Boxes {...props} side="after" /> },
        ]}
      />
      <PaneTag precision={left} place="left" />
      <PaneTag precision={right} place="right" />
      <Divider share={share} onShare={setShare} width={stage.pane.width} left={left} right={right} />
    </div>
  );
}

interface PaneTagProps {
  readonly precision: Precision;
  readonly place: 'left' | 'right';
}

function PaneTag({ precision, place }: PaneTagProps) {
  return (
    <div className={classNames(styles.paneTag, place === 'right' && styles.paneTagRight)}>
      <PrecisionTag precision={precision} />
    </div>
  );
}

interface PictureProps extends PictureStageProps {
  /** Boxes that are drawn over the whole pane. */
  readonly children?: ReactNode;
  readonly clips?: ReactNode;
  /** Boxes that are drawn within a clip path. */
  readonly layers?: readonly { readonly clip: string; readonly content: ReactNode }[];
}

function Picture({ detections, shown, pictureUrl, stage, children, clips, layers }: PictureProps) {
  const { viewport, pane } = stage;
  const place = `translate(${viewport.left} ${viewport.top}) scale(${viewport.scale})`;
  const width = pictureWidth(detections, viewport.scale, window.devicePixelRatio || 1);
  return (
    <svg className={styles.svg} width={pane.width} height={pane.height} aria-hidden="true">
      <defs>{clips}</defs>
      <g transform={place}>
        <image
          href={pictureUrl(width)}
          width={detections.width}
          height={detections.height}
          preserveAspectRatio="none"
          style={{ imageRendering: viewport.scale > 4 ? 'pixelated' : 'auto' }}
        />
        {shown.truth && detections.labels !== null && (
          <TruthLayer labels={detections.labels} classNames={detections.classNames} />
        )}
        {children}
      </g>
      {layers?.map(({ clip, content }) => (
        <g key={clip} clipPath={`url(#${clip})`}>
          <g transform={place}>{content}</g>
        </g>
      ))}
    </svg>
  );
}

function Boxes(props: PictureStageProps & { readonly side: 'before' | 'after' }) {
  const { side, left, right, changes, detections, shown, stage, selected } = props;
  return (
    <BoxLayer
      changes={changes}
      side={side}
      precision={side === 'before' ? left : right}
      classNames={detections.classNames}
      shown={shown}
      scale={stage.viewport.scale}
      selected={selected}
    />
  );
}

interface DividerProps {
  readonly share: number;
  readonly onShare: (share: number) => void;
  readonly width: number;
  readonly left: Precision;
  readonly right: Precision;
}

const nudge = 0.02;

function Divider({ share, onShare, width, left, right }: DividerProps) {
  const dragging = useRef(false);
  const within = (next: number): number => Math.min(1, Math.max(0, next));
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    event.stopPropagation();
    const pane = event.currentTarget.parentElement;
    if (!dragging.current || pane === null || width <= 0) return;
    onShare(within((event.clientX - pane.getBoundingClientRect().left) / width));
  };
  const keys = (event: KeyboardEvent) => {
    const next = {
      ArrowLeft: share - nudge,
      ArrowRight: share + nudge,
      PageUp: share + 0.1,
      PageDown: share - 0.1,
      Home: 0,
      End: 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onShare(within(next));
  };
  return (
    <div
      className={styles.divider}
      style={{ left: `${100 * share}%` }}
      role="slider"
      tabIndex={0}
      aria-label={`Divider: ${left.toUpperCase()} left of it, ${right.toUpperCase()} right of it`}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * share)}
      aria-valuetext={`${Math.round(100 * share)} % ${left.toUpperCase()}`}
      onKeyDown={keys}
      onPointerDown={(event) => {
        event.stopPropagation();
        dragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onPointerUp={(event) => {
        event.stopPropagation();
        dragging.current = false;
      }}
    >
      <span className={styles.knob} aria-hidden="true">
        <svg width="14" height="10" viewBox="0 0 14 10" fill="none" stroke="currentColor" strokeWidth="1.6">
          <title>Drag</title>
          <path d="M4.500 1L1 5l3.500 4M9.500 1L13 5l-3.500 4" />
        </svg>
      </span>
    </div>
  );
}
