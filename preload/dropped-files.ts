/**
 * The path of a file that the user dropped or chose: `webUtils.getPathForFile` since Electron 32. Before, `File` has a
 * property `path`, but no `File` crosses the bridge; there the preload watches what is dropped, and knows the path
 * when it was a single file.
 */

/** The part of Electron's `webUtils` that is used. */
export interface WebUtilsLike {
  getPathForFile(file: File): string;
}

/** What is looked at of an event that brings files. */
interface FilesEvent {
  readonly dataTransfer?: { readonly files: ArrayLike<{ readonly path?: string }> } | null;
  readonly target?: unknown;
}

interface EventSource {
  addEventListener(type: string, listener: (event: unknown) => void, capture: boolean): void;
}

function pathsIn(event: FilesEvent): string[] {
  const files =
    event.dataTransfer?.files ?? (event.target as { files?: ArrayLike<{ path?: string }> })?.files;
  return files ? Array.from(files, (file) => file.path ?? '') : [];
}

/** Answers `pathOfFile` of the bridge; empty where nobody knows. */
export function filePaths(webUtils: WebUtilsLike | undefined, page: EventSource): (file: File) => string {
  if (webUtils) return (file) => webUtils.getPathForFile(file);
  let latest: string[] = [];
  for (const type of ['drop', 'change']) {
    page.addEventListener(
      type,
      (event) => {
        latest = pathsIn(event as FilesEvent);
      },
      true,
    );
  }
  return () => (latest.length === 1 ? (latest[0] ?? '') : '');
}
