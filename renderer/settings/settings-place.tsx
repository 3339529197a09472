/** The place Settings; its content follows. */

import { PlaceHeader } from '../design/index.ts';

export function SettingsPlace() {
  return <PlaceHeader title="Settings" />;
}
