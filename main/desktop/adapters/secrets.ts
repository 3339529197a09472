/** Keeps small secrets with the operating system's help: `safeStorage` since Electron 15, not at all before. */

/** The part of Electron's `safeStorage` that is used. */
export interface SafeStorageLike {
  isEncryptionAvailable(): boolean;
  /** Linux only: `basic_text` means that no keyring is there and the key is known to everybody. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

export interface Secrets {
  /** The encrypted form to write to disk; undefined when this machine cannot keep a secret. */
  seal(text: string): string | undefined;
  /** Undefined when it was sealed by another user or machine. */
  open(sealed: string): string | undefined;
}

export function secretsOf(safeStorage: SafeStorageLike | undefined): Secrets {
  const usable = (): SafeStorageLike | undefined =>
    safeStorage?.isEncryptionAvailable() && safeStorage.getSelectedStorageBackend?.() !== 'basic_text'
      ? safeStorage
      : undefined;
  return {
    seal: (text) => usable()?.encryptString(text).toString('base64'),
    open: (sealed) => {
      try {
        return usable()?.decryptString(Buffer.from(sealed, 'base64'));
      } catch {
        return undefined;
      }
    },
  };
}
