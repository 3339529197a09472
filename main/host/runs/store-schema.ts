/** The tables of the run store, version by version: a store of any earlier version is brought up when it is opened. */

import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../../core/base/failure.ts';

/** Statements that lead from version i to i + 1. Never changed once released; only added to. */
const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    model_name TEXT NOT NULL,
    model_path TEXT NOT NULL,
    out TEXT NOT NULL,
    specification TEXT NOT NULL,
    progress REAL NOT NULL DEFAULT 0,
    step TEXT,
    seconds_left REAL,
    error TEXT,
    figures TEXT NOT NULL DEFAULT '[]',
    files TEXT NOT NULL DEFAULT '[]',
    -- report.json, deflated; null until the run is done
    report BLOB
  ) STRICT;
  CREATE TABLE events (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (run, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE removed_engines (
    id TEXT PRIMARY KEY,
    removed_at TEXT NOT NULL,
    -- where they came from and the folder that holds them now
    origin TEXT NOT NULL,
    folder TEXT NOT NULL,
    files TEXT NOT NULL
  ) STRICT;
  `,
];

export const schemaVersion = migrations.length;

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/**
 * Brings a store to the present version, each step whole or not at all.
 * @throws Failure `bad-input` when a newer Engine Room wrote it
 */
export function migrate(database: DatabaseSync, path: string): void {
  const found = versionOf(database);
  if (found > schemaVersion) {
    throw new Failure(
      'bad-input',
      `The run store ${path} was written by a newer Engine Room (store version ${found}; this one reads up to ${schemaVersion}).`,
      'Update Engine Room, or start it with another --data-dir.',
    );
  }
  for (const [version, statements] of migrations.entries()) {
    if (version < found) continue;
    database.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
}
