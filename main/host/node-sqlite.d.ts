/** The part of Node's own SQLite (from 22.13 on) that the host uses; the types of Node 20 do not have it. */

declare module 'node:sqlite' {
  export type SqlValue = null | number | bigint | string | Uint8Array;

  export interface StatementSync {
    run(...values: SqlValue[]): { readonly changes: number | bigint };
    get(...values: SqlValue[]): Record<string, unknown> | undefined;
    all(...values: SqlValue[]): Record<string, unknown>[];
  }

  export class DatabaseSync {
    constructor(path: string, options?: { readonly timeout?: number });
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
    close(): void;
  }
}
