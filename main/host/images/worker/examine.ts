/** The task that looks into some image files. */

import { UnreadableImage } from '../../../../core/images/decode-image.ts';
import { examineImage } from '../../../../core/images/examine-image.ts';
import { mapConcurrently } from '../../../../core/images/map-concurrently.ts';
import type { TaskWork } from './task-work.ts';

export interface ExamineInput {
  readonly files: readonly { readonly path: string; readonly decode: boolean }[];
}

export type Examined =
  | {
      readonly kind: 'image';
      readonly bytes: number;
      readonly width: number;
      readonly height: number;
      readonly feature: Uint8Array | null;
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** As many as there are threads for files and decoding. */
const imagesAtOnce = 4;

/** In the order of the input. */
export async function examine(input: ExamineInput, work: TaskWork): Promise<readonly Examined[]> {
  return await mapConcurrently(
    input.files,
    imagesAtOnce,
    'image',
    { signal: work.signal },
    async ({ path, decode }): Promise<Examined> => {
      try {
        return { kind: 'image', ...(await examineImage(path, { decode })) };
      } catch (error) {
        if (!(error instanceof UnreadableImage)) throw error;
        return { kind: 'unreadable', reason: error.message };
      }
    },
  );
}
