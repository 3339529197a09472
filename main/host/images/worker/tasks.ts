/** The tasks of a process that works on images, with the types of what goes in and comes out. */

import { digest } from './digest.ts';
import { examine } from './examine.ts';
import { open } from './open.ts';
import { pick } from './pick.ts';
import { thumbnail } from './thumbnail.ts';
import { trim } from './trim.ts';

export const tasks = { open, examine, digest, pick, thumbnail, trim };

type Tasks = typeof tasks;
export type TaskName = keyof Tasks;
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]>[0];
export type TaskOutput<N extends TaskName> = Awaited<ReturnType<Tasks[N]>>;
export type TaskItem<N extends TaskName> = Parameters<Parameters<Tasks[N]>[1]['emit']>[0];
