/** The step that looks at the machine: a library that crashes when it is loaded takes only this process with it. */

import { describeMachine, type Machine } from '../machine.ts';

export function machine(_input: null): Promise<Machine> {
  return describeMachine();
}
