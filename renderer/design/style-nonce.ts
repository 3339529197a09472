/**
 * The nonce under which this page may add styles: the host writes it into index.html for each load, because its policy
 * allows no inline style without. Empty where the policy allows them (the desktop) or there is none.
 */

declare global {
  /** Where the scroll lock of dialogs looks for it. */
  var __webpack_nonce__: string | undefined;
}

function readNonce(): string | undefined {
  if (typeof document === 'undefined') return undefined;
  // As a property: browsers hide the attribute from scripts.
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce || undefined;
}

export const styleNonce: string | undefined = readNonce();
if (styleNonce !== undefined) globalThis.__webpack_nonce__ = styleNonce;
