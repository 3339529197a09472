/** The viewer: images by how much the precisions differ, and one of them in two precisions with its ground truth. */

import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { filePaths } from '../../../contract/procedures/index.ts';
import { useHost } from '../../connection/index.ts';
import { formatCount } from '../../design/format.ts';
import { ChevronLeftIcon, ChevronRightIcon } from '../../design/icons.tsx';
import { Button, EmptyState, IconButton, Notice, precisionName, Skeleton } from '../../design/index.ts';
import type { ImageDetections, Precision, Report, RunSummary } from '../report-parts.ts';
import { type BoxChange, boxChanges, countChanges, type Detection, sortChanges } from './box-changes.ts';
import { boxName } from './box-layer.tsx';
import { classColor } from './box-style.ts';
import { ChangeList } from './change-list.tsx';
import { ImageList } from './image-list.tsx';
import { PictureStage, type Shown } from './picture-stage.tsx';
import { useViewer, type ViewerModel } from './use-viewer.ts';
import { useViewport } from './use-viewport.ts';
import styles from './viewer.module.css';
import { ViewerToolbar } from './viewer-toolbar.tsx';

interface ViewerProps {
  readonly run: RunSummary;
  readonly report: Report;
}

export function Viewer({ run, report }: ViewerProps) {
  const model = useViewer(run.id, report);
  const { list } = model;
  if (report.validation === null || model.precisions.length < 2) {
    return (
      <EmptyState
        title="There are no pictures to compare"
        text="Give a run a validation set, with or without labels, and at least two precisions. Their boxes are then shown here on every image, those that differ most first."
      />
    );
  }
  if (list.failure !== null && list.total === null) {
    return (
      <Notice
        severity="error"
        title={list.failure.message}
        action={<Button onClick={model.reloadList}>Try again</Button>}
      >
        {list.failure.remedy}
      </Notice>
    );
  }
  if (list.total === 0) {
    return (
      <EmptyState
        title="No image was compared"
        text="The validation set of this run had no readable image, or the run was made before detections were kept. Repeat it to see its pictures."
      />
    );
  }
  return <LoadedViewer run={run} report={report} model={model} />;
}

const noImage = { width: 4, height: 3 };
const firstShown: Shown = { lost: true, new: true, moved: true, kept: true, truth: false };

function detectionsIn(image: ImageDetections | null, precision: Precision): readonly Detection[] {
  return image?.precisions.find((entry) => entry.precision === precision)?.detections ?? [];
}

function LoadedViewer({ run, report, model }: ViewerProps & { readonly model: ViewerModel }) {
  const { filesUrl } = useHost();
  const { list, left, right, mode, index, position, loaded } = model;
  const [threshold, setThreshold] = useState(
    () => report.results.find(({ agreement }) => agreement !== null)?.agreement?.scoreThreshold ?? 0.25,
  );
  const [shown, setShown] = useState(firstShown);
  const [selected, setSelected] = useState<BoxChange | null>(null);
  const image = loaded?.state === 'ready' ? loaded.detections : null;
  const stageRef = useRef<HTMLDivElement>(null);
  const paneRef = useRef<HTMLDivElement>(null);
  const stage = useViewport(stageRef, paneRef, image ?? noImage, `${index}`, `${mode}${image === null}`);
  const changes = useMemo(
    () => sortChanges(boxChanges(detectionsIn(image, left), detectionsIn(image, right), threshold)),
    [image, left, right, threshold],
  );
  const counts = image === null ? null : countChanges(changes);

  const step = (by: number) => {
    const to = position + by;
    if (position >= 0 && to >= 0 && to < (list.total ?? 0)) model.choosePosition(to);
  };
  const keys = (event: KeyboardEvent) => {
    const typing = event.target instanceof HTMLInputElement;
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'n' || event.key === 'j') step(1);
    else if (event.key === 'p' || event.key === 'k') step(-1);
    else return;
    event.preventDefault();
  };
  const select = (change: BoxChange) => {
    setSelected(change);
    const box = change.before ?? change.after;
    if (box) stage.focus(box);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons inside, from anywhere in it
    <div className={styles.viewer} onKeyDown={keys}>
      <aside className={styles.side} aria-label="Images and their differences">
        <div className={styles.listHead}>
          <h2>
            {formatCount(list.total ?? 0)} images, most different first
            <span className={styles.soft}>{precisionName(list.precision)} against FP32</span>
          </h2>
          <IconButton
            size="small"
            label="Previous image"
            shortcut="P"
            onClick={() => step(-1)}
            disabled={position <= 0}
          >
            <ChevronLeftIcon />
          </IconButton>
          <IconButton
            size="small"
            label="Next image"
            shortcut="N"
            onClick={() => step(1)}
            disabled={position < 0 || position + 1 >= (list.total ?? 0)}
          >
            <ChevronRightIcon />
          </IconButton>
        </div>
        <ImageList
          label="Images by difference"
          total={list.total ?? 0}
          images={list.images}
          position={position}
          onChoose={model.choosePosition}
          onShow={model.show}
          thumbnailUrl={(at) => filesUrl(filePaths.runImage(run.id, at, 160))}
        />
        <div className={styles.changesBox}>
          <h2>Boxes that differ here</h2>
          {image !== null && (
            <ChangeList
              changes={changes}
              classNamesOfModel={image.classNames}
              threshold={threshold}
              selected={selected}
              onSelect={select}
            />
          )}
        </div>
      </aside>
      <div className={styles.main}>
        <ViewerToolbar
          precisions={model.precisions}
          left={left}
          right={right}
          onPrecisions={model.choosePrecisions}
          mode={mode}
          onMode={model.chooseMode}
          threshold={threshold}
          onThreshold={setThreshold}
          shown={shown}
          onShown={setShown}
          counts={counts}
          labels={image?.labels?.length ?? null}
          stage={stage}
        />
        <div
          ref={stageRef}
          className={styles.stage}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: zoomed and panned by keys, which an application takes itself
          tabIndex={0}
          role="application"
          aria-label={stageWords(image, counts, left, right)}
          {...stage.handlers}
        >
          {loaded?.state === 'failed' ? (
            <div className={styles.failed}>
              <Notice
                severity="error"
                title={loaded.failure.message}
                action={<Button onClick={() => index !== null && model.lookAgain(index)}>Try again</Button>}
              >
                {loaded.failure.remedy}
              </Notice>
            </div>
          ) : image === null ? (
            <div className={styles.waiting} aria-busy="true">
              <Skeleton height="100%" />
            </div>
          ) : (
            <PictureStage
              mode={mode}
              left={left}
              right={right}
              detections={image}
              changes={changes}
              shown={shown}
              selected={selected}
              pictureUrl={(width) => filesUrl(filePaths.runImage(run.id, index ?? 0, width))}
              stage={stage}
              paneRef={paneRef}
            />
          )}
        </div>
        <StageFoot image={image} position={position} total={list.total ?? 0} />
      </div>
    </div>
  );
}

function stageWords(
  image: ImageDetections | null,
  counts: ReturnType<typeof countChanges> | null,
  left: Precision,
  right: Precision,
): string {
  if (image === null || counts === null) return 'Picture, loading';
  return `${image.file}, ${precisionName(left)} against ${precisionName(right)}: ${counts.lost} lost, ${counts.new} new, ${counts.moved} moved, ${counts.kept} kept. Arrow keys move the picture, plus and minus zoom, 0 shows all of it.`;
}

interface StageFootProps {
  readonly image: ImageDetections | null;
  readonly position: number;
  readonly total: number;
}

/** Which image it is, and the colours of the classes on it. */
function StageFoot({ image, position, total }: StageFootProps) {
  const classes = useMemo(() => {
    if (image === null) return [];
    const found = new Set(
      image.precisions.flatMap(({ detections }) => detections.map(({ classIndex }) => classIndex)),
    );
    return [...found].sort((a, b) => a - b).slice(0, 12);
  }, [image]);
  return (
    <div className={styles.stageFoot}>
      <span className={styles.footFile} aria-live="polite">
        {image === null ? '' : `${image.file}, ${image.width} \u00d7 ${image.height}`}
        {position >= 0 && `, ${formatCount(position + 1)} of ${formatCount(total)}`}
      </span>
      <ul className={styles.classes} aria-label="Colours of the classes">
        {image !== null &&
          classes.map((classIndex) => (
            <li key={classIndex}>
              <span className={styles.swatch} style={{ background: classColor(classIndex) }} />
              {boxName({ classIndex }, image.classNames)}
            </li>
          ))}
      </ul>
    </div>
  );
}
