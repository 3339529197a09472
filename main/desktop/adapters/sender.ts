/** Who sent an IPC message: `event.senderFrame` since Electron 12, the sender's page before. */

/** An IPC event of either age, as far as it is looked at. */
export interface SenderEvent {
  readonly sender: { readonly id: number; getURL(): string };
  /** Absent in old versions; null when the frame is gone or has navigated since. */
  readonly senderFrame?: { readonly url: string; readonly parent: unknown } | null;
}

/** Undefined when the frame that sent the message no longer exists. */
export function senderOf(event: SenderEvent): { url: string; isMainFrame: boolean } | undefined {
  if (event.senderFrame === undefined) {
    // Preload scripts run in main frames only there (nodeIntegrationInSubFrames is off).
    return { url: event.sender.getURL(), isMainFrame: true };
  }
  if (event.senderFrame === null) return undefined;
  return { url: event.senderFrame.url, isMainFrame: event.senderFrame.parent === null };
}
