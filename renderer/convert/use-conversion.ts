/** Connects the form with the project: what is chosen elsewhere, what is missing, the specification, the start. */

import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useProject } from '../app/project-store.ts';
import { useHost } from '../connection/index.ts';
import { formStore } from './form-store.ts';
import { type ReadinessFacts, readiness } from './readiness.ts';
import type { RunSummary } from './run-types.ts';
import { specificationFromForm, suggestedOutput } from './specification-from-form.ts';

export function useConversion() {
  const { client, info } = useHost();
  const { model, calibration, validation } = useProject();
  const { draft, errors, command, submitting, refusal } = useStore(formStore);
  // The folder's name carries the time at which this form was begun; every run gets another.
  const [begun, setBegun] = useState(() => new Date());

  const details = model?.details ?? null;
  const suggestedOut =
    model === null ? info.outputFolder : suggestedOutput(info.outputFolder, model.path, begun);
  const specification = useMemo(
    () =>
      model === null
        ? null
        : specificationFromForm(draft, {
            model: model.path,
            calibration: calibration?.source ?? null,
            validation: validation === null ? null : { images: validation.source, labels: validation.labels },
            suggestedOut,
          }),
    [draft, model, calibration?.source, validation, suggestedOut],
  );
  useEffect(() => formStore.describe(client, specification), [client, specification]);

  const points = useMemo(() => {
    const failed = model?.failure ?? null;
    const facts: ReadinessFacts = {
      model:
        details ??
        (model === null
          ? null
          : {
              name: model.path,
              classNames: [],
              layout: 'auto',
              layoutReason: '',
              inputSize: { width: 0, height: 0 },
              dynamicSize: false,
              problems: failed === null ? [] : [{ ...failed, severity: 'error' }],
            }),
      calibration,
      validation,
    };
    return readiness(facts, draft);
  }, [details, model, calibration, validation, draft]);

  const start = async (): Promise<RunSummary | null> => {
    if (specification === null) return null;
    const run = await formStore.submit(client, specification);
    if (run !== null) setBegun(new Date());
    return run;
  };

  return {
    model,
    details,
    calibration,
    validation,
    draft,
    errors,
    command,
    submitting,
    refusal,
    suggestedOut,
    points,
    start,
  };
}
