/** What the parts of the form are given. */

import type { ReactNode } from 'react';
import type { FieldErrors, FieldName, FormDraft } from './form.ts';
import type { ReadyModel } from './readiness.ts';

export interface ConversionFormProps {
  readonly draft: FormDraft;
  readonly errors: FieldErrors;
  readonly onChange: <F extends FieldName>(field: F, value: FormDraft[F]) => void;
  readonly model: ReadyModel | null;
  readonly dynamicBatch: boolean;
  /** Where a run is written that names no folder. */
  readonly suggestedOut: string;
  readonly onChooseOut: () => void;
  /** The model and the two sets, shown first. */
  readonly inputs: ReactNode;
}

export type PartProps = Pick<ConversionFormProps, 'draft' | 'errors' | 'onChange'>;
