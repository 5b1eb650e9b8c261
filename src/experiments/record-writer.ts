import { randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { firstDifference } from "../files/first-difference";
import { writeWhole } from "../files/write-whole";
import {
  type CertificationRecord,
  CONFIGURATION_FILE,
  headText,
  readHead,
  readRows,
  type RecordRow,
  ROWS_FILE,
  rowText,
  tableText,
} from "./record";
import { type LockWatch, lockRecord, type RecordLock, removed } from "./record-lock";
import { configurationDifference, type RunConfiguration } from "./run-configuration";
import { makeFolder } from "../files/make-folder";

/** All parts of a record except its rows. */
export type RecordHead = Omit<CertificationRecord, "rows">;

/** A record to which this writer has exclusive access. */
export interface OpenRecord {
  /** The configuration and the command that the folder holds: those with which the run began. */
  readonly head: RecordHead;
  /** The rows that the record already had when it was opened. */
  readonly rows: readonly RecordRow[];
  /**
   * Writes a row. The row is on disk when the promise is fulfilled.
   *
   * @throws Error if another writer has taken over the record, or if a file of the record was removed; the
   *   files that exist now stay unchanged
   */
  append(row: RecordRow): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the record of a run for writing: a new record in an empty or new folder, or a record that a run with
 * the same configuration has begun in the folder. An incomplete last row is dropped.
 *
 * Opening a record replaces the file of rows with a copy, so each writer appends to its own file. If a writer
 * is paused during a write and loses its lock, its remaining output goes to a file that no longer has a name.
 *
 * @throws Error if the folder holds a run with another configuration (the error names the difference), if
 *   another run is writing the record, or if the folder cannot be written
 */
export async function openRecord(
  folder: string,
  head: RecordHead,
  watch: LockWatch = {},
): Promise<OpenRecord> {
  const { stored, rows, lock } = await takeRecord(folder, head, watch);
  try {
    return { head: stored, ...(await openRows(folder, rows, head.configuration, lock)) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Locks a folder, and reads the part of a run that the folder holds. */
async function takeRecord(
  folder: string,
  head: RecordHead,
  watch: LockWatch = {},
): Promise<{ stored: RecordHead; rows: RecordRow[]; lock: RecordLock }> {
  await makeFolder(folder);
  const lock = await lockRecord(folder, watch);
  try {
    const previous = await readHead(folder);
    if (previous) requireSameRun(folder, previous.configuration, head.configuration);
    const rows = previous ? await readRows(folder, head.configuration) : await noRows(folder);
    await removeParts(folder);
    if (!previous) {
      await writeWhole(join(folder, CONFIGURATION_FILE), headText(head), () => lock.check());
    }
    return { stored: previous ?? head, rows, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** @throws Error if a folder holds another run; the error names the difference */
export function requireSameRun(folder: string, begun: object, wanted: object): void {
  const difference = configurationDifference(begun, wanted);
  if (difference) throw new Error(`${folder} holds a run with another configuration: ${difference}`);
}

/** @throws Error if a folder has rows without a configuration */
async function noRows(folder: string): Promise<RecordRow[]> {
  const path = join(folder, ROWS_FILE);
  const size = await stat(path).then(
    (status) => status.size,
    () => 0,
  );
  if (size > 0)
    throw new Error(
      `${path}: expected ${CONFIGURATION_FILE} in the same folder, got none; give another folder`,
    );
  return [];
}

/** Removes the unfinished files of killed writers. */
async function removeParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^(rows\.csv|configuration\.json)\..*\.part$/.test(name))
      await rm(join(folder, name), { force: true });
  }
}

/**
 * Replaces the file of rows with a copy, and keeps the copy open. Only this writer has access to the copy,
 * which `own` identifies.
 */
async function replaceRows(
  path: string,
  rows: readonly RecordRow[],
  configuration: RunConfiguration,
  lock: RecordLock,
): Promise<{ file: FileHandle; own: bigint }> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  let file: FileHandle | undefined;
  try {
    file = await open(part, "ax");
    await file.writeFile(tableText({ configuration, rows }));
    await file.sync();
    const { ino: own } = await file.stat({ bigint: true });
    await lock.check();
    await rename(part, path);
    return { file, own };
  } catch (error) {
    await file?.close();
    await rm(part, { force: true }).catch(() => {});
    throw error instanceof Error && "code" in error ? cannotWrite(path, error) : error;
  }
}

function cannotWrite(path: string, error: unknown): Error {
  const { message } = error as Error;
  return new Error(`${path}: cannot be written; finished rows are kept: ${message}`, { cause: error });
}

async function openRows(
  folder: string,
  rows: readonly RecordRow[],
  configuration: RunConfiguration,
  lock: RecordLock,
): Promise<Omit<OpenRecord, "head">> {
  const path = join(folder, ROWS_FILE);
  const { file, own } = await replaceRows(path, rows, configuration, lock);
  const check = async (): Promise<void> => {
    const there = await stat(path, { bigint: true }).catch(() => undefined);
    await lock.check();
    if (!there) throw await removed(path, folder);
    if (there.ino !== own) throw new Error(`${path}: was replaced while this run was writing the record`);
  };
  return {
    rows,
    async append(row) {
      await check();
      try {
        await file.appendFile(`${rowText(row)}\n`);
        await file.datasync();
      } catch (error) {
        throw cannotWrite(path, error);
      }
      await check();
    },
    async close() {
      try {
        await file.close();
      } finally {
        await lock.release();
      }
    },
  };
}

/**
 * Writes a record whose rows are all known. If the folder already holds a record, the configuration and the
 * rows of both records must agree, except for the column `seconds`.
 *
 * @returns the record that the folder now holds
 * @throws Error as {@link openRecord} does, and Error naming the first row that differs
 */
export async function writeRecord(
  folder: string,
  { rows, ...head }: CertificationRecord,
): Promise<CertificationRecord> {
  const { stored, rows: previous, lock } = await takeRecord(folder, head);
  try {
    previous.forEach((row, i) => {
      const difference = firstDifference(withoutSeconds(row), rows[i] ? withoutSeconds(rows[i]) : {});
      if (difference) {
        throw new Error(
          `${folder} already holds a record, whose row ${i + 1} has another ${difference.path}`,
        );
      }
    });
    await writeWhole(join(folder, ROWS_FILE), tableText({ ...head, rows }), () => lock.check());
    await lock.check();
    return { ...stored, rows };
  } finally {
    await lock.release();
  }
}

function withoutSeconds({ seconds: _, ...row }: RecordRow): object {
  return row;
}
