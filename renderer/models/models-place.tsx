/** The place Models; its content follows. */

import { PlaceHeader } from '../design/index.ts';

export function ModelsPlace() {
  return <PlaceHeader title="Models" />;
}
