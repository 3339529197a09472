/** The whole window takes drops; while something hangs over it, a sheet says what may be dropped. */

import { type ReactNode, useEffect, useState } from 'react';
import { useHost } from '../../connection/index.ts';
import { ImagesIcon, ModelIcon } from '../../design/icons.tsx';
import { Button, ProgressBar } from '../../design/index.ts';
import { desktopBridge } from '../bridge.ts';
import { useDrops } from './drop-store.ts';
import styles from './drop-target.module.css';
import { readDrop } from './read-drop.ts';

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}

/** Listens for drops on the whole window; answers whether something hangs over it. */
function useWindowDrops(): boolean {
  const host = useHost();
  const open = useDrops((state) => state.open);
  const [hovering, setHovering] = useState(false);
  useEffect(() => {
    // Enter and leave come for every element passed; the window has been left when as many left as entered.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setHovering(true);
    };
    const leave = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setHovering(false);
    };
    const over = (event: DragEvent) => {
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    };
    const drop = (event: DragEvent) => {
      // Without this the window would leave for the dropped file.
      event.preventDefault();
      depth = 0;
      setHovering(false);
      if (event.dataTransfer !== null) void open(readDrop(event.dataTransfer), host, desktopBridge());
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [host, open]);
  return hovering;
}

function Target({
  icon,
  title,
  text,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
}) {
  return (
    <div className={styles.target}>
      <span className={styles.icon}>{icon}</span>
      <strong>{title}</strong>
      <span>{text}</span>
    </div>
  );
}

export function DropTarget() {
  const hovering = useWindowDrops();
  if (!hovering) return null;
  return (
    <div className={styles.sheet} role="status">
      <div className={styles.targets}>
        <Target icon={<ModelIcon size={22} />} title="A model" text="One .onnx file opens in Models." />
        <Target
          icon={<ImagesIcon size={22} />}
          title="Images and labels"
          text="A folder, images, COCO, YOLO or VOC labels open in Images."
        />
      </div>
    </div>
  );
}

/** Shown while files travel from the browser to the host. */
export function UploadNotice() {
  const upload = useDrops((state) => state.upload);
  if (upload === null) return null;
  const { title, progress, cancel } = upload;
  return (
    <div className={styles.upload} role="status">
      <div className={styles.uploadHead}>
        <span className={styles.uploadTitle}>Sending {title} to the host</span>
        <span className={styles.uploadShare}>{Math.floor(progress.value * 100)} %</span>
        <Button size="small" variant="quiet" onClick={cancel}>
          Cancel
        </Button>
      </div>
      <ProgressBar label="Upload" value={progress.value} />
    </div>
  );
}
