import { mkdir, open, rename, truncate } from "node:fs/promises";
import { join } from "node:path";
import Papa from "papaparse";
import { firstDifference } from "../files/first-difference";
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";
import { disagreement } from "../noise/disagreement";
import type { Certificate, CertificateTerms } from "../smoothing/certify";
import type { ConfidenceBound } from "../sampling/sampling-plan";
import { type LockWatch, lockRecord } from "./record-lock";
import { parseVotes, votesText } from "./votes-text";

/**
 * What determines the rows of a certification run. Two runs of equal configuration have equal rows, but for the
 * seconds.
 */
export interface RunConfiguration {
  /** Version of this package. */
  readonly version: string;
  readonly dataset: {
    readonly name: string;
    readonly split: string;
    readonly checksums: Readonly<Record<string, string>>;
    /** Number of its images, and of their values. */
    readonly count: number;
    readonly dimension: number;
    /** The images 0, every, 2 · every, … are certified. */
    readonly every: number;
  };
  /** Identity of the base classifier. */
  readonly model: Readonly<Record<string, string>>;
  /** Number of its classes. */
  readonly classCount: number;
  readonly variance: {
    readonly name: string;
    readonly rate: number;
    readonly eta: number;
    readonly isConstant: boolean;
    readonly parameters: Readonly<Record<string, number | string>>;
  };
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  /** When to stop sampling: the name of the plan and its parameters. */
  readonly sampling: { readonly name: string; readonly parameters: Readonly<Record<string, number>> };
  /** The confidence bound that gives p_A. */
  readonly bound: ConfidenceBound;
  /** Name of the generator of the noise, and whether inputs share it. */
  readonly noise: string;
  /** Which part of a run this is, such as "2/8": the images at the positions 1, 9, 17, … of those to certify. */
  readonly shard?: string;
}

/** One certified input: its certificate, and what it is compared with. */
export interface RecordRow extends Certificate {
  /** Index in the data set. */
  readonly index: number;
  readonly label: number;
  /** 1 if the predicted class is the label, else 0. */
  readonly correct: number;
  readonly seconds: number;
}

const COLUMNS: readonly (keyof RecordRow)[] = [
  "index",
  "label",
  "sigma",
  "predicted",
  "candidate",
  "n0",
  "n",
  "selectionVotes",
  "votes",
  "pA",
  "radius",
  "correct",
  "seconds",
];

/** The columns that hold integers. */
const COUNTS: readonly string[] = ["index", "label", "predicted", "candidate", "n0", "n", "correct"];

/** The columns that hold the votes of every class. */
const VOTES: readonly string[] = ["selectionVotes", "votes"];

/** A certification run: its configuration, the command that made it, and a row for each certified input. */
export interface CertificationRecord {
  readonly configuration: RunConfiguration;
  readonly command: string;
  readonly rows: readonly RecordRow[];
}

const CONFIGURATION_FILE = "configuration.json";
const ROWS_FILE = "rows.csv";

/**
 * Reads a record from its folder (`configuration.json` and `rows.csv`).
 *
 * @throws Error naming the file, and the line and column of a value that cannot be
 */
export async function readRecord(folder: string): Promise<CertificationRecord> {
  const { command, configuration } = await readConfiguration(folder);
  const path = join(folder, ROWS_FILE);
  return { configuration, command, rows: parseRows(path, await readText(path), configuration) };
}

/** A record that is being written, by this writer alone. */
export interface OpenRecord {
  /** The rows that were there. */
  readonly rows: readonly RecordRow[];
  /** Writes a row; it is on the disk when the promise is fulfilled. */
  append(row: RecordRow): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the record of a run for writing: a new one in an empty or new folder, or the one that a run of the same
 * configuration has begun there. A row that was cut off while it was written is dropped.
 *
 * @throws Error naming what differs, if the folder holds a run of another configuration; if another run is writing
 * it; or if the folder cannot be written
 */
export async function openRecord(
  folder: string,
  configuration: RunConfiguration,
  command: string,
  watch: LockWatch = {},
): Promise<OpenRecord> {
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(`${folder}: cannot be made: ${error.message}`, { cause: error });
  });
  const lock = await lockRecord(folder, watch);
  try {
    await writeConfiguration(folder, configuration, command);
    const path = join(folder, ROWS_FILE);
    const rows = await completeRows(path, configuration);
    const file = await open(path, "a");
    const write = async (line: string): Promise<void> => {
      lock.check();
      try {
        await file.appendFile(`${line}\n`);
        await file.datasync();
      } catch (error) {
        throw new Error(`${path}: cannot be written, finished rows are kept: ${(error as Error).message}`, {
          cause: error,
        });
      }
    };
    const close = async (): Promise<void> => {
      try {
        await file.close();
      } finally {
        await lock.release();
      }
    };
    try {
      if (rows === undefined) await write(COLUMNS.join(","));
    } catch (error) {
      await file.close();
      throw error;
    }
    return {
      rows: rows ?? [],
      append: (row) => write(COLUMNS.map((column) => cellOf(row[column])).join(",")),
      close,
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Writes the configuration of a new run, or checks that of the one that is there. */
async function writeConfiguration(
  folder: string,
  configuration: RunConfiguration,
  command: string,
): Promise<void> {
  const previous = await readConfiguration(folder).catch(undefinedIfMissing);
  if (previous) {
    const difference = configurationDifference(previous.configuration, configuration);
    if (difference) throw new Error(`${folder} holds a run of another configuration: ${difference}`);
    return;
  }
  const path = join(folder, CONFIGURATION_FILE);
  try {
    // Under another name first: it is there as a whole or not at all.
    const file = await open(`${path}.new`, "w");
    try {
      await file.writeFile(`${JSON.stringify({ command, configuration }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  } catch (error) {
    throw new Error(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** The complete rows of a file, from which one that was cut off is dropped; undefined if it has no header yet. */
async function completeRows(path: string, configuration: RunConfiguration): Promise<RecordRow[] | undefined> {
  const text = (await readText(path).catch(undefinedIfMissing)) ?? "";
  const complete = text.slice(0, text.lastIndexOf("\n") + 1);
  if (complete.length < text.length) await truncate(path, Buffer.byteLength(complete));
  return complete === "" ? undefined : parseRows(path, complete, configuration);
}

function cellOf(value: RecordRow[keyof RecordRow]): string {
  return typeof value === "number" ? String(value) : votesText(value);
}

class MissingRecordError extends Error {}

function undefinedIfMissing(error: Error): undefined {
  if (error instanceof MissingRecordError) return undefined;
  throw error;
}

async function readText(path: string): Promise<string> {
  const content = await readRegularFile(path, LARGEST_TEXT);
  if (!content) throw new MissingRecordError(`${path}: there is no such file of a record`);
  return content.toString();
}

async function readConfiguration(folder: string): Promise<Omit<CertificationRecord, "rows">> {
  const path = join(folder, CONFIGURATION_FILE);
  const text = await readText(path);
  let content: Omit<CertificationRecord, "rows"> | null;
  try {
    content = JSON.parse(text) as typeof content;
  } catch (error) {
    throw new Error(`${path}: is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const { dataset, model, variance, n0, n, alpha, seed } =
    content?.configuration ?? ({} as Partial<RunConfiguration>);
  const numbers = [dataset?.count, dataset?.every, dataset?.dimension, variance?.rate, n0, n, alpha, seed];
  if (!isObject(model) || !numbers.every((value) => typeof value === "number")) {
    throw new Error(`${path}: is no configuration of a certification run`);
  }
  return content as Omit<CertificationRecord, "rows">;
}

/** The votes of a record that holds those of the candidate only: the others are given to one class. */
function oldVotes(cells: Record<string, string>, column: string): number[] {
  const [all, own] = column === "votes" ? [cells.n, cells.votes] : [cells.n0, cells.n0];
  const votes = Array.from({ length: 10 }, () => 0);
  votes[Number(cells.candidate)] = Number(own);
  votes[(Number(cells.candidate) + 1) % 10] = Number(all) - Number(own);
  return votes;
}

function parseRows(path: string, text: string, { dataset, classCount = 10 }: RunConfiguration): RecordRow[] {
  if (!text.endsWith("\n")) {
    throw new Error(`${path}: its last row is cut off; the command of the run, given again, makes it anew`);
  }
  const { data, meta } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  const isOld = !meta.fields?.includes("selectionVotes");
  const missing = COLUMNS.filter((column) => !meta.fields?.includes(column) && column !== "selectionVotes");
  if (missing.length > 0) throw new Error(`${path}: has no column ${missing.join(", ")}`);
  let previous = -1;
  return data.map((cells, i) => {
    const line = `${path}, line ${i + 2}`;
    if ("__parsed_extra" in cells) throw new Error(`${line}: has more than ${COLUMNS.length} values`);
    const row = Object.fromEntries(
      COLUMNS.map((column) => {
        if (VOTES.includes(column)) {
          try {
            return [column, isOld ? oldVotes(cells, column) : parseVotes(cells[column] ?? "", classCount)];
          } catch (error) {
            throw new Error(`${line}: ${column} must be ${(error as Error).message}`, { cause: error });
          }
        }
        const value = Number(cells[column] || NaN);
        if (Number.isNaN(value) || (COUNTS.includes(column) && !Number.isInteger(value))) {
          const wanted = COUNTS.includes(column) ? "an integer" : "a number";
          throw new Error(`${line}: ${column} must be ${wanted}, got "${cells[column] ?? ""}"`);
        }
        return [column, value];
      }),
    ) as unknown as RecordRow;
    const { index } = row;
    for (const [name, votes, size] of [
      ["selectionVotes", row.selectionVotes, row.n0],
      ["votes", row.votes, row.n],
    ] as const) {
      const sum = votes.reduce((all, count) => all + count, 0);
      if (sum !== size) throw new Error(`${line}: ${name} must add up to ${size}, got ${sum}`);
    }
    if (index <= previous || index >= dataset.count || index % dataset.every !== 0) {
      throw new Error(
        `${line}: index must be a multiple of ${dataset.every} above ${previous} and below ${dataset.count}, got ${index}`,
      );
    }
    previous = index;
    return row;
  });
}

/** Where two configurations differ first, in words; undefined if they are equal. */
export function configurationDifference(
  one: RunConfiguration,
  other: RunConfiguration,
  [there, here]: readonly [string, string] = ["there", "here"],
): string | undefined {
  const difference = firstDifference(one, other);
  if (!difference) return undefined;
  const [a, b] = [difference.one, difference.other].map((value) => JSON.stringify(value) ?? "not given");
  return `${difference.path} is ${a} ${there} and ${b} ${here}`;
}

/** What the certificates of a run are computed with, beside the votes. */
export function termsOf(configuration: RunConfiguration): CertificateTerms {
  const { dataset, variance, n0, n, alpha, bound } = configuration;
  const { dimension } = dataset;
  return {
    dimension,
    rate: variance.rate,
    eta: variance.eta,
    alpha,
    tau: disagreement(dimension, n0 + n),
    bound,
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
