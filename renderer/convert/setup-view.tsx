/** The set-up of a new run: the form, and beside it what is missing, the command and the start. */

import { useNavigation } from '../app/navigation.ts';
import { useChoosePath } from '../app/paths/use-choose-path.ts';
import { useProject } from '../app/project-store.ts';
import { useHost } from '../connection/index.ts';
import { Button } from '../design/index.ts';
import { ConversionFormFields } from './conversion-form.tsx';
import type { FieldName, FormDraft } from './form.ts';
import { formStore, isDefault } from './form-store.ts';
import { InputRows } from './input-rows.tsx';
import type { ReadinessStep } from './readiness.ts';
import type { RunSummary } from './run-types.ts';
import styles from './setup-view.module.css';
import { StartPanel } from './start-panel.tsx';
import { useConversion } from './use-conversion.ts';

export interface SetupViewProps {
  readonly openRuns: number;
  readonly onStarted: (run: RunSummary) => void;
}

export function SetupView({ openRuns, onStarted }: SetupViewProps) {
  const { client } = useHost();
  const go = useNavigation((state) => state.go);
  const openSet = useProject((state) => state.openSet);
  const choosePath = useChoosePath();
  const conversion = useConversion();
  const { details, draft, errors } = conversion;

  const change = <F extends FieldName>(field: F, value: FormDraft[F]) => formStore.change(field, value);
  const chooseSet = async (role: 'calibration' | 'validation') => {
    const path = await choosePath('images');
    if (path !== null) await openSet(client, role, path);
  };
  const step = async (wanted: ReadinessStep) => {
    switch (wanted) {
      case 'model':
        return go('models');
      case 'calibration-set':
        return await chooseSet('calibration');
      case 'validation-set':
        return await chooseSet('validation');
      case 'labels': {
        const present = useProject.getState().validation;
        if (present === null) return;
        const path = await choosePath('labels');
        if (path !== null) await openSet(client, 'validation', present.source, path);
        return;
      }
      case 'without-int8':
        return change('int8', false);
      case 'size':
        return document.querySelector<HTMLElement>('[data-section="input"] input')?.focus();
    }
  };

  return (
    <div className={styles.view}>
      <div className={styles.form}>
        <ConversionFormFields
          draft={draft}
          errors={errors}
          onChange={change}
          model={details}
          dynamicBatch={details?.dynamicBatch ?? true}
          suggestedOut={conversion.suggestedOut}
          onChooseOut={async () => {
            const path = await choosePath('output');
            if (path !== null) change('out', path);
          }}
          inputs={
            <InputRows
              model={conversion.model}
              calibration={conversion.calibration}
              validation={conversion.validation}
              int8={draft.int8}
              onModel={() => go('models')}
              onSet={(role) =>
                conversion[role] === null ? void chooseSet(role) : go('images', { set: role })
              }
            />
          }
        />
        {!isDefault(draft) && (
          <Button variant="quiet" size="small" onClick={() => formStore.reset()}>
            Back to the defaults
          </Button>
        )}
      </div>
      <div className={styles.start}>
        <StartPanel
          points={conversion.points}
          wrongFields={Object.keys(errors).length}
          command={conversion.command}
          submitting={conversion.submitting}
          refusal={conversion.refusal}
          openRuns={openRuns}
          onStep={(wanted) => void step(wanted)}
          onStart={async () => {
            const run = await conversion.start();
            if (run !== null) onStarted(run);
          }}
        />
      </div>
    </div>
  );
}
