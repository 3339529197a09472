/** Finds the token in what the user pasted: the whole address that the host printed, or the token alone. */

export function tokenIn(pasted: string): string | null {
  const text = pasted.trim();
  const inAddress = /[?&]token=([^&#\s]+)/.exec(text)?.[1];
  if (inAddress !== undefined) {
    try {
      return decodeURIComponent(inAddress);
    } catch {
      return null;
    }
  }
  return /^[\w-]{8,}$/.test(text) ? text : null;
}
