/** What a service of the host is made of: what it gets, which procedures it answers, which pictures it hands out. */

import type { imageProcedures, imageStreams } from '../../contract/procedures/images.ts';
import type { modelProcedures } from '../../contract/procedures/models.ts';
import type { HandlersOf, StreamHandlersOf } from '../../contract/rpc/handlers.ts';

/** Which files clients may name. */
export interface PathPolicy {
  /** Folders below which everything must lie; empty: everywhere. */
  readonly roots: readonly string[];
  /**
   * The real path (symbolic links resolved) of a file or folder that a client named.
   * @throws Failure `bad-input` when it does not exist or lies outside the roots
   */
  check(path: string): Promise<string>;
  /**
   * The real path that a file or folder to be written has or will have; its nearest existing ancestor is resolved.
   * @throws Failure `bad-input` when it lies outside the roots
   */
  checkNew(path: string): Promise<string>;
}

export interface ServiceContext {
  /** Exists and is writable; each service keeps to a folder of its own name below it. */
  readonly dataFolder: string;
  readonly paths: PathPolicy;
  /** Aborts when the host ends. */
  readonly signal: AbortSignal;
}

/** A picture or document on its way to a client over HTTP. */
export type FileAnswer =
  | { readonly kind: 'file'; readonly path: string; readonly contentType: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly contentType: string };

export interface ModelService {
  readonly procedures: HandlersOf<keyof typeof modelProcedures>;
}

export interface ImageService {
  readonly procedures: HandlersOf<keyof typeof imageProcedures>;
  readonly streams: StreamHandlersOf<keyof typeof imageStreams>;
  /**
   * A picture of an open set, at most `width` pixels wide, EXIF orientation applied; a thumbnail may come from a cache.
   * @throws Failure `bad-input` when there is no such set or index, or the file cannot be decoded
   */
  imageFile(set: string, index: number, width: number, signal: AbortSignal): Promise<FileAnswer>;
}

/** `createModelService` in models/, `createImageService` in images/. */
export type CreateService<S> = (context: ServiceContext) => S;
