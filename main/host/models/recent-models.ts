/** The models that were opened lately, kept in a small JSON file in the data folder. */

import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { recentModelSchema } from '../../../contract/procedures/models.ts';
import { writeFileAtomically } from '../../../core/base/files.ts';

const storedSchema = z.object({
  schema: z.literal(1),
  models: z.array(recentModelSchema.omit({ present: true })),
});

type StoredModel = z.infer<typeof storedSchema>['models'][number];
export type RecentModel = z.infer<typeof recentModelSchema>;

const mostKept = 30;

/** Stable: the same path has the same id on every start. */
export function modelId(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

export class RecentModels {
  readonly #file: string;
  #models: Promise<readonly StoredModel[]> | null = null;
  /** Writes follow one another, each with the latest list. */
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Latest first.
   * @param isPresent whether a path leads to a file that may be opened
   */
  async list(isPresent: (path: string) => Promise<boolean>): Promise<RecentModel[]> {
    const models = await this.#load();
    return await Promise.all(
      models.map(async (model) => ({ ...model, present: await isPresent(model.path) })),
    );
  }

  /** Puts a model in front. */
  async add(model: StoredModel): Promise<void> {
    await this.#change((models) => [model, ...models.filter(({ id }) => id !== model.id)].slice(0, mostKept));
  }

  async forget(id: string): Promise<void> {
    await this.#change((models) => models.filter((model) => model.id !== id));
  }

  #load(): Promise<readonly StoredModel[]> {
    this.#models ??= readFile(this.#file, 'utf8')
      .then((text) => storedSchema.parse(JSON.parse(text)).models)
      .catch(
        // Missing, or written by something else: a list of recent files is not worth a complaint.
        () => [],
      );
    return this.#models;
  }

  async #change(edit: (models: readonly StoredModel[]) => readonly StoredModel[]): Promise<void> {
    // Chained, so that two changes at once both count.
    this.#models = this.#load().then(edit);
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        const models = await this.#load();
        await mkdir(dirname(this.#file), { recursive: true });
        await writeFileAtomically(this.#file, `${JSON.stringify({ schema: 1, models }, null, 2)}\n`);
      });
    await this.#writing;
  }
}
