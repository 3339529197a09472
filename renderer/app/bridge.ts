/** The desktop's bridge, where there is one. */

import type { DesktopBridge } from '../../contract/bridge.ts';

declare global {
  interface Window {
    readonly engineRoom?: DesktopBridge;
  }
}

export function desktopBridge(): DesktopBridge | null {
  return typeof window !== 'undefined' && window.engineRoom?.kind === 'desktop' ? window.engineRoom : null;
}
