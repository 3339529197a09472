/** Labelled boxes drawn over a picture, in the picture's own pixels, sharp at any size. */

import styles from './box-overlay.module.css';
import { classColor } from './class-colors.ts';
import type { ImageBox } from './image-types.ts';

export interface BoxOverlayProps {
  readonly boxes: readonly ImageBox[];
  /** Of the image in pixels; without them boxes have no place. */
  readonly width: number | null;
  readonly height: number | null;
  /** Class names written at the boxes; left out on thumbnails. */
  readonly classNames?: readonly string[];
  /** The box that is pointed at. */
  readonly highlighted?: number | null;
}

export function BoxOverlay({ boxes, width, height, classNames, highlighted = null }: BoxOverlayProps) {
  if (width === null || height === null || width === 0 || height === 0) return null;
  const textSize = Math.max(width, height) / 60;
  return (
    <svg
      className={styles.overlay}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden="true"
    >
      {boxes.map(({ classIndex, x1, y1, x2, y2 }, index) => {
        const color = classColor(classIndex);
        const shape = { x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) };
        const dim = highlighted !== null && highlighted !== index;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: boxes of an image have no identity but their place
          <g key={index} opacity={dim ? 0.25 : 1}>
            <rect {...shape} className={styles.halo} />
            <rect {...shape} className={styles.line} stroke={color} />
            {classNames !== undefined && (
              <text
                x={x1 + textSize * 0.2}
                y={y1 > textSize * 1.3 ? y1 - textSize * 0.35 : y1 + textSize}
                fontSize={textSize}
                fill={color}
                className={styles.name}
              >
                {classNames[classIndex] ?? `class ${classIndex}`}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
