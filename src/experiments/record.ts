import { createHash } from "node:crypto";
import { join } from "node:path";
import Papa from "papaparse";
import { z } from "zod";
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";
import { fixedPlan } from "../sampling/sampling-plan";
import { type Certificate, certificateOf } from "../smoothing/certify";
import {
  checkedConfiguration,
  imageCount,
  imagesOfRecord,
  type RunConfiguration,
  termsOf,
} from "./run-configuration";
import { checkedBy, integer, nonNegative, positive, probability } from "./schema";
import { parseVotes, votesText } from "./votes-text";

/** One certified input: its certificate, and what it is compared with. */
export interface RecordRow extends Certificate {
  /** Its original index in the data set. */
  readonly index: number;
  readonly label: number;
  /** 1 if the predicted class is the label, else 0. */
  readonly correct: number;
  readonly seconds: number;
}

/** A certification run: its configuration, the command that made it, and a row for each certified input. */
export interface CertificationRecord {
  readonly configuration: RunConfiguration;
  /** What made the run, if it was said: a command line. */
  readonly command?: string;
  readonly rows: readonly RecordRow[];
}

/** The columns of a record's table. */
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

/** The columns of votes, and those of how many they are. */
const VOTES = { selectionVotes: "n0", votes: "n" } as const;

export const CONFIGURATION_FILE = "configuration.json";
export const ROWS_FILE = "rows.csv";

/**
 * Reads a record from its folder (`configuration.json` and `rows.csv`). All that follows from the votes is computed
 * again: a record whose class, p_A or radius its votes do not prove is refused.
 *
 * @throws Error naming the file, and the line and column of a value that cannot be
 */
export async function readRecord(folder: string): Promise<CertificationRecord> {
  const head = await readHead(folder);
  if (!head) throw missing(join(folder, CONFIGURATION_FILE));
  const path = join(folder, ROWS_FILE);
  const table = await readText(path);
  if (table === undefined) throw missing(path);
  if (!table.endsWith("\n")) {
    throw new Error(`${path}: its last row is cut off; the command of the run, given again, makes it anew`);
  }
  return { ...head, rows: parseRows(path, table, head.configuration) };
}

function missing(path: string): Error {
  return new Error(`${path}: there is no such file of a record`);
}

/** What a record holds beside its rows; undefined if the folder has no configuration. */
export async function readHead(folder: string): Promise<Omit<CertificationRecord, "rows"> | undefined> {
  const path = join(folder, CONFIGURATION_FILE);
  const json = await readText(path);
  if (json === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw new Error(`${path}: is no JSON: ${(error as Error).message}`, { cause: error });
  }
  const { command, configuration } = checkedBy(headSchema, path, content);
  return {
    configuration: checkedConfiguration(path, configuration),
    ...(command !== undefined && { command }),
  };
}

const headSchema = z.strictObject({
  command: z.string("a text").optional(),
  configuration: z.looseObject({}),
});

/** The rows of a run that was cut off, without one that was cut off itself; none if there is no table yet. */
export async function readRows(folder: string, configuration: RunConfiguration): Promise<RecordRow[]> {
  const path = join(folder, ROWS_FILE);
  const table = (await readText(path)) ?? "";
  const complete = table.slice(0, table.lastIndexOf("\n") + 1);
  return complete === "" ? [] : parseRows(path, complete, configuration);
}

async function readText(path: string): Promise<string | undefined> {
  return (await readRegularFile(path, LARGEST_TEXT))?.toString("utf8");
}

/** The file of a record that holds its configuration. */
export function headText({ command, configuration }: Omit<CertificationRecord, "rows">): string {
  return `${JSON.stringify({ command, configuration }, null, 2)}\n`;
}

/** The file of a record that holds its rows. */
export function tableText(rows: readonly RecordRow[]): string {
  return [COLUMNS.join(","), ...rows.map(rowText)].map((line) => `${line}\n`).join("");
}

/** A line of that file, without its end. */
export function rowText(row: RecordRow): string {
  return COLUMNS.map((column) => {
    const value = row[column];
    return typeof value === "number" ? value : votesText(value);
  }).join(",");
}

/**
 * A row of a record. p_A and radius are a little smaller than computed: other versions of Node.js may round exp and log
 * otherwise, and what a record claims has to be proved by its votes there too.
 */
export function rowOf(
  certificate: Certificate,
  { index, label, seconds }: Pick<RecordRow, "index" | "label" | "seconds">,
): RecordRow {
  const { predicted, pA, radius } = certificate;
  const correct = predicted === label ? 1 : 0;
  return {
    index,
    label,
    ...certificate,
    pA: pA * (1 - 2e-14),
    radius: roundedDown(radius),
    correct,
    seconds,
  };
}

/** A radius, smaller by a relative 1e-10 and cut to 12 digits. */
function roundedDown(radius: number): number {
  return Number((radius * (1 - 1e-10)).toPrecision(12));
}

/** How far below what the votes prove a row may be. */
const SLACK = 1e-9;

const NUMBER = /^(?!-0+(\.0*)?$)-?\d+(\.\d+)?(e[-+]?\d+)?$/i;

function isColumn(name: string): boolean {
  return (COLUMNS as readonly string[]).includes(name);
}

function numberIn(column: string, cell: string): number | string {
  return column in VOTES || !NUMBER.test(cell) ? cell : Number(cell);
}

function parseRows(path: string, table: string, configuration: RunConfiguration): RecordRow[] {
  const [columns = [], ...data] = Papa.parse<string[]>(table.replace(/\r\n/g, "\n").slice(0, -1), {
    delimiter: ",",
    newline: "\n",
  }).data;
  const lacking = COLUMNS.filter((column) => !columns.includes(column));
  if (lacking.length > 0) throw new Error(`${path}: has no column ${lacking.join(", ")}`);
  const surplus = columns.find((column, i) => columns.indexOf(column) !== i || !isColumn(column));
  if (surplus !== undefined) throw new Error(`${path}: has a column ${surplus} too many`);

  const schema = rowSchema(configuration);
  const terms = termsOf(configuration);
  const images = imagesOfRecord(configuration);
  const rows = data.map((cells, i) => {
    const line = `${path}, line ${i + 2}`;
    if (cells.length !== columns.length) {
      throw new Error(`${line}: has ${cells.length} values, expected ${columns.length}`);
    }
    const values = columns.map((column, i) => [column, numberIn(column, cells[i])]);
    const row = checkedBy(schema, line, Object.fromEntries(values));
    const next = images.next();
    const now = certificateOf(row, terms);
    const correct = now.predicted === row.label ? 1 : 0;
    if (next.done) throw new Error(`${line}: is one more than the images of the run`);
    if (row.index !== next.value) {
      throw new Error(`${line}: index must be ${next.value}, the next image of the run, got ${row.index}`);
    }
    for (const [key, size] of Object.entries(VOTES) as [keyof typeof VOTES, "n0" | "n"][]) {
      if (now[size] === row[size]) continue;
      throw new Error(`${line}: ${key} must add up to ${size} = ${row[size]}, got ${now[size]}`);
    }
    const expected = { ...now, correct };
    for (const key of ["candidate", "predicted", "correct"] as const) {
      if (row[key] === expected[key]) continue;
      throw new Error(`${line}: ${key} must be ${expected[key]}, as its votes say, got ${row[key]}`);
    }
    for (const key of ["pA", "radius"] as const) {
      if (!(row[key] <= now[key] && row[key] >= now[key] * (1 - SLACK))) {
        throw new Error(
          `${line}: ${key} must be ${now[key]}, as its votes say, or just below, got ${row[key]}`,
        );
      }
    }
    return row;
  });
  checkSigmas(path, configuration, rows);
  return rows;
}

function rowSchema({ n0, n, classCount, sampling }: RunConfiguration): z.ZodType<RecordRow> {
  const votes = z.string().transform((cell, context) => {
    try {
      return parseVotes(cell, classCount);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  });
  return z.strictObject({
    index: integer(0),
    label: integer(0, classCount - 1),
    sigma: positive,
    predicted: integer(-1, classCount - 1),
    candidate: integer(0, classCount - 1),
    n0: integer(n0, n0),
    n: sampling.name === fixedPlan.name ? integer(n, n) : integer(1, n),
    selectionVotes: votes,
    votes,
    pA: probability,
    radius: nonNegative,
    correct: integer(0, 1),
    seconds: nonNegative,
  });
}

/** σ(x) of a complete run is what it began with, and constant σ is constant. */
function checkSigmas(path: string, configuration: RunConfiguration, rows: readonly RecordRow[]): void {
  const { variance, shard } = configuration;
  const sigmas = rows.map(({ sigma }) => sigma);
  const other = variance.isConstant ? sigmas.findIndex((sigma) => sigma !== sigmas[0]) : -1;
  if (other >= 0) {
    throw new Error(
      `${path}, line ${other + 2}: sigma must be ${sigmas[0]}, as it is constant, got ${sigmas[other]}`,
    );
  }
  const isWhole = shard === undefined && rows.length === imageCount(configuration);
  if (isWhole && sigmaChecksum(sigmas) !== variance.sigmaSha256) {
    throw new Error(`${path}: its σ(x) are not those that the run began with, by their checksum sigmaSha256`);
  }
}

/** SHA-256 of σ(x) at the images of a run. */
export function sigmaChecksum(sigmas: readonly number[]): string {
  const bytes = Buffer.alloc(8 * sigmas.length);
  sigmas.forEach((sigma, i) => bytes.writeDoubleLE(sigma, 8 * i));
  return createHash("sha256").update(bytes).digest("hex");
}
