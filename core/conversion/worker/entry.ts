/** The program of a worker process: forked by run-step.ts, never started by hand. */

import { steps } from '../steps/registry.ts';
import { serve } from './serve.ts';

serve(steps);
