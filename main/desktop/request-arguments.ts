/** What main accepts as arguments of a window's requests; anything else is refused. */

import { z } from 'zod';
import type { RequestName, WindowRequests } from '../../contract/desktop-ipc.ts';

const path = z.string().min(1).max(32_768);

export const requestArguments = {
  connect: z.tuple([]),
  'choose-model': z.tuple([]),
  'choose-folder': z.tuple([z.enum(['images', 'labels', 'output'])]),
  'choose-labels': z.tuple([]),
  'reveal-in-folder': z.tuple([path]),
  'list-hosts': z.tuple([]),
  'add-host': z.tuple([z.string().min(1).max(2_048)]),
  'remove-host': z.tuple([z.string().min(1).max(100)]),
  'select-host': z.tuple([z.string().min(1).max(100).nullable()]),
} as const satisfies { [N in RequestName]: z.ZodType<Parameters<WindowRequests[N]>> };

export const requestNames = Object.keys(requestArguments) as readonly RequestName[];
