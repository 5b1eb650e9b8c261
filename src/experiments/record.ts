import { mkdir, open, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Papa from "papaparse";
import type { Certificate } from "../smoothing/certify";

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
    /** The images 0, every, 2 · every, … are certified. */
    readonly every: number;
  };
  /** Identity of the base classifier. */
  readonly model: Readonly<Record<string, string>>;
  readonly variance: {
    readonly name: string;
    readonly rate: number;
    readonly parameters: Readonly<Record<string, number | string>>;
  };
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  /** Name of the generator of the noise. */
  readonly noise: string;
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
  "votes",
  "pA",
  "radius",
  "correct",
  "seconds",
];

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
 * @throws Error naming the file, and the line and column of a value that is no number
 */
export async function readRecord(folder: string): Promise<CertificationRecord> {
  const { command, configuration } = await readConfiguration(folder);
  const path = join(folder, ROWS_FILE);
  return { configuration, command, rows: parseRows(path, await readText(path)) };
}

/**
 * Opens the record of a run for writing: a new one in an empty or new folder, or the one that a run of the same
 * configuration has begun there. A row that was cut off while it was written is dropped.
 *
 * @returns the rows that are there, and what appends one and closes the file
 * @throws Error naming what differs, if the folder holds a run of another configuration
 */
export async function openRecord(
  folder: string,
  configuration: RunConfiguration,
  command: string,
): Promise<{ rows: RecordRow[]; append(row: RecordRow): Promise<void>; close(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, ROWS_FILE);
  const previous = await readConfiguration(folder).catch((error: Error) => {
    if (error instanceof MissingRecordError) return undefined;
    throw error;
  });
  if (previous) {
    const difference = firstDifference(previous.configuration, configuration);
    if (difference) throw new Error(`${folder} holds a run of another configuration: ${difference}`);
  } else {
    const text = JSON.stringify({ command, configuration }, null, 2);
    await writeFile(join(folder, CONFIGURATION_FILE), `${text}\n`);
  }

  let text = await readText(path).catch((error: Error) => {
    if (error instanceof MissingRecordError) return "";
    throw error;
  });
  const complete = text.lastIndexOf("\n") + 1;
  if (complete < text.length) {
    text = text.slice(0, complete);
    await truncate(path, Buffer.byteLength(text));
  }
  const file = await open(path, "a");
  if (text === "") await file.appendFile(`${COLUMNS.join(",")}\n`);
  return {
    rows: text === "" ? [] : parseRows(path, text),
    append: (row) => file.appendFile(`${COLUMNS.map((column) => row[column]).join(",")}\n`),
    close: () => file.close(),
  };
}

class MissingRecordError extends Error {}

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new MissingRecordError(`${path}: there is no such file of a record`);
    throw new Error(`${path}: cannot be read: ${error.message}`, { cause: error });
  });
}

async function readConfiguration(folder: string): Promise<Omit<CertificationRecord, "rows">> {
  const path = join(folder, CONFIGURATION_FILE);
  const text = await readText(path);
  try {
    return JSON.parse(text) as Omit<CertificationRecord, "rows">;
  } catch (error) {
    throw new Error(`${path}: is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

function parseRows(path: string, text: string): RecordRow[] {
  const { data, meta } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true });
  const missing = COLUMNS.filter((column) => !meta.fields?.includes(column));
  if (missing.length > 0) throw new Error(`${path}: has no column ${missing.join(", ")}`);
  return data.map((cells, i) => {
    const row = COLUMNS.map((column) => {
      const value = Number(cells[column] || NaN);
      if (Number.isNaN(value)) {
        throw new Error(`${path}, line ${i + 2}: ${column} must be a number, got "${cells[column] ?? ""}"`);
      }
      return [column, value];
    });
    return Object.fromEntries(row) as RecordRow;
  });
}

/** Says where two plain objects differ first, or undefined if they are equal. */
function firstDifference(begun: object, wanted: object, path: string = ""): string | undefined {
  for (const key of new Set([...Object.keys(begun), ...Object.keys(wanted)])) {
    const [a, b] = [(begun as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key]];
    const difference =
      isObject(a) && isObject(b)
        ? firstDifference(a, b, `${path}${key}.`)
        : a !== b
          ? `${path}${key} is ${JSON.stringify(a)} there and ${JSON.stringify(b)} here`
          : undefined;
    if (difference) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
