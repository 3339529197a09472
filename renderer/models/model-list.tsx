/** Where a model comes in: drop or choose one, or take up one that was opened lately. */

import { useEffect } from 'react';
import { useProject } from '../app/project-store.ts';
import { useHost } from '../connection/index.ts';
import { formatAgo, formatBytes } from '../design/format.ts';
import { CloseIcon, ModelIcon } from '../design/icons.tsx';
import { Button, EmptyState, IconButton, Notice, PlaceHeader, Skeleton, Tag } from '../design/index.ts';
import { ModelDrawing } from './model-drawing.tsx';
import styles from './model-list.module.css';
import { type RecentModel, useRecentModels } from './recent-models-store.ts';
import { useOpenModel } from './use-open-model.ts';

export function ModelList() {
  const { client, session } = useHost();
  const { models, failure, load } = useRecentModels();
  const { choose } = useOpenModel();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a host that was started anew is asked again
  useEffect(() => void load(client), [client, session, load]);
  const isNew = models !== null && models.length === 0;
  return (
    <>
      <PlaceHeader
        title="Models"
        description="An ONNX detector goes in here. What it is, what may be wrong with it and its graph are shown at once; nothing is changed on disk."
        actions={
          !isNew && (
            <Button variant="primary" onClick={choose}>
              Open a model…
            </Button>
          )
        }
      />
      {failure !== null && (
        <Notice
          severity="error"
          title={failure.message}
          live
          action={
            <Button size="small" onClick={() => load(client)}>
              Try again
            </Button>
          }
        >
          {failure.remedy}
        </Notice>
      )}
      {isNew ? <FirstModel choose={choose} /> : <RecentModels models={models} />}
    </>
  );
}

function FirstModel({ choose }: { readonly choose: () => void }) {
  return (
    <div className={styles.first}>
      <EmptyState
        illustration={<ModelDrawing />}
        title="Drop an ONNX model anywhere in this window"
        text="YOLOv5, YOLOv8 and later, end-to-end detectors, with or without NMS inside; other models convert without mAP. External data files are dropped together with the .onnx file."
        action={
          <Button variant="primary" size="large" onClick={choose}>
            Choose a model…
          </Button>
        }
      />
      <ol className={styles.steps}>
        <li>
          <strong>Models</strong> Inputs, outputs, layout and problems of the model, and its graph.
        </li>
        <li>
          <strong>Images</strong> A folder to calibrate INT8 with, and a labelled one to measure accuracy.
        </li>
        <li>
          <strong>Convert</strong> FP32, FP16 and INT8 engines are built and measured.
        </li>
        <li>
          <strong>Compare</strong> Size, latency and accuracy side by side, down to the single box.
        </li>
      </ol>
    </div>
  );
}

function RecentModels({ models }: { readonly models: readonly RecentModel[] | null }) {
  if (models === null) {
    return (
      <div className={styles.cards} aria-busy="true" role="status" aria-label="Loading recent models">
        {['a', 'b', 'c'].map((key) => (
          <div key={key} className={styles.card}>
            <Skeleton width="60%" height="1.1rem" />
            <Skeleton lines={2} height="0.8rem" />
          </div>
        ))}
      </div>
    );
  }
  return (
    <section aria-label="Recent models">
      <h2 className={styles.heading}>Opened lately</h2>
      <ul className={styles.cards}>
        {models.map((model) => (
          <RecentCard key={model.id} model={model} />
        ))}
      </ul>
      <p className={styles.hint}>Drop an .onnx file anywhere in this window to open another one.</p>
    </section>
  );
}

function RecentCard({ model }: { readonly model: RecentModel }) {
  const { client } = useHost();
  const { open } = useOpenModel();
  const forget = useRecentModels((state) => state.forget);
  const isOpen = useProject((state) => state.model?.path === model.path);
  return (
    <li className={styles.card}>
      <button
        type="button"
        className={styles.open}
        disabled={!model.present}
        onClick={() => open(model.path)}
      >
        <span className={styles.icon}>
          <ModelIcon size={18} />
        </span>
        <span className={styles.name}>{model.name}</span>
      </button>
      <div className={styles.path} title={model.path}>
        {model.path}
      </div>
      <div className={styles.foot}>
        <span>{formatBytes(model.bytes)}</span>
        <span>{formatAgo(model.openedAt, Date.now())}</span>
        {isOpen && <Tag>open</Tag>}
        {!model.present && <Tag tone="warning">no longer there</Tag>}
      </div>
      <div className={styles.forget}>
        <IconButton
          label={`Take ${model.name} off this list`}
          size="small"
          onClick={() => forget(client, model.id)}
        >
          <CloseIcon size={13} />
        </IconButton>
      </div>
    </li>
  );
}
