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

/** One certified input: its certificate, its label, and whether the predicted class is the label. */
export interface RecordRow extends Certificate {
  /** The input's original index in the data set. */
  readonly index: number;
  /** The input's label: the true class. */
  readonly label: number;
  /** Whether the prediction is correct: 1 if the predicted class is the label, otherwise 0. */
  readonly correct: number;
  /**
   * The time that certifying the input took, in seconds. Other inputs may have been sampled at the same time.
   */
  readonly seconds: number;
}

/**
 * A certification run: its configuration, the command that produced it, and a row for each certified input.
 */
export interface CertificationRecord {
  /** The configuration, which determines the rows. */
  readonly configuration: RunConfiguration;
  /** The command line that produced the run, if a command line was given. */
  readonly command?: string;
  /** The rows, one per certified input, in ascending order of the inputs' indices. */
  readonly rows: readonly RecordRow[];
}

/** The columns of a record's table that belong to the certificate. */
const CERTIFICATE_COLUMNS = [
  "sigma",
  "predicted",
  "candidate",
  "n0",
  "n",
  "selectionVotes",
  "votes",
  "pA",
  "radius",
] as const;

/** The columns of a record's table. */
const COLUMNS = ["index", "label", ...CERTIFICATE_COLUMNS, "correct", "seconds"] as const;

/** The prefix of columns that belong to the selector's certificate, in a dual run. */
const SELECTOR = "selector.";

/** Returns all columns of a run's table. */
function columnsOf({ dual }: RunConfiguration): readonly string[] {
  return dual ? [...COLUMNS, ...CERTIFICATE_COLUMNS.map((column) => SELECTOR + column)] : COLUMNS;
}

/** Each column of votes, together with the column that holds the sum of these votes. */
const VOTES = { selectionVotes: "n0", votes: "n" } as const;

export const CONFIGURATION_FILE = "configuration.json";
export const ROWS_FILE = "rows.csv";

/**
 * Reads a record from its folder (`configuration.json` and `rows.csv`). Everything that follows from the
 * votes is recomputed. A record is refused if its classes, p_A and radii do not follow from its votes.
 *
 * @throws Error naming the file, and the line and column of an impossible value
 * @example
 * const { configuration, rows } = await readRecord("records/cifar10-0.5-r0.01");
 * configuration.variance.rate; // 0.01
 * rows[0].radius; // 0.5808…
 */
export async function readRecord(folder: string): Promise<CertificationRecord> {
  const head = await readHead(folder);
  if (!head) throw new Error(`${folder}: no record (no ${CONFIGURATION_FILE})`);
  const path = join(folder, ROWS_FILE);
  const table = await readText(path);
  if (table === undefined) throw new Error(`${path}: there is no such file of a record`);
  if (!table.endsWith("\n")) {
    throw new Error(`${path}: the last row is incomplete; rerun the command of the run to complete it`);
  }
  return { ...head, rows: parseRows(path, table, head.configuration) };
}

/** Reads all parts of a record except its rows. Returns undefined if the folder has no configuration. */
export async function readHead(folder: string): Promise<Omit<CertificationRecord, "rows"> | undefined> {
  const path = join(folder, CONFIGURATION_FILE);
  const json = await readText(path);
  if (json === undefined) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw new Error(`${path}: is not valid JSON: ${(error as Error).message}`, { cause: error });
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

/** Reads the complete rows of an interrupted run. Returns no rows if there is no table yet. */
export async function readRows(folder: string, configuration: RunConfiguration): Promise<RecordRow[]> {
  const path = join(folder, ROWS_FILE);
  const table = (await readText(path)) ?? "";
  const complete = table.slice(0, table.lastIndexOf("\n") + 1);
  return complete === "" ? [] : parseRows(path, complete, configuration);
}

async function readText(path: string): Promise<string | undefined> {
  return (await readRegularFile(path, LARGEST_TEXT))?.toString("utf8");
}

/** Returns the text of the file that holds a record's configuration. */
export function headText({ command, configuration }: Omit<CertificationRecord, "rows">): string {
  return `${JSON.stringify({ command, configuration }, null, 2)}\n`;
}

/** Returns the text of the file that holds a record's rows. */
export function tableText({ configuration, rows }: CertificationRecord): string {
  return [columnsOf(configuration).join(","), ...rows.map(rowText)].map((line) => `${line}\n`).join("");
}

/** Returns the line for one row in the file of rows, without the line break. */
export function rowText(row: RecordRow): string {
  const { selector } = row;
  const values = [
    ...COLUMNS.map((column) => row[column]),
    ...(selector ? CERTIFICATE_COLUMNS.map((column) => selector[column]) : []),
  ];
  return values.map((value) => (typeof value === "number" ? value : votesText(value))).join(",");
}

/**
 * Makes a row of a record. p_A and radius are written slightly smaller than computed: another version of
 * Node.js may round exp and log differently, and the votes must prove the record's claims with every version.
 */
export function rowOf(
  certificate: Certificate,
  { index, label, seconds }: Pick<RecordRow, "index" | "label" | "seconds">,
): RecordRow {
  const correct = certificate.predicted === label ? 1 : 0;
  return { index, label, ...lowered(certificate), correct, seconds };
}

function lowered(certificate: Certificate): Certificate {
  const { pA, radius, selector } = certificate;
  return {
    ...certificate,
    pA: pA * (1 - 2e-14),
    radius: roundedDown(radius),
    ...(selector && { selector: lowered(selector) }),
  };
}

/** Returns a radius, reduced by a relative 1e-10 and truncated to 12 digits. */
function roundedDown(radius: number): number {
  return Number((radius * (1 - 1e-10)).toPrecision(12));
}

/** The relative amount by which p_A and radius of a row may be below the values that the votes prove. */
const SLACK = 1e-9;

const NUMBER = /^(?!-0+(\.0*)?$)-?\d+(\.\d+)?(e[-+]?\d+)?$/i;

function numberIn(column: string, cell: string): number | string {
  return column in VOTES || !NUMBER.test(cell) ? cell : Number(cell);
}

/**
 * Returns the values of a line by column. The values of the selector's certificate are in a separate object.
 */
function valuesOf(columns: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const own: [string, unknown][] = [];
  const selector: [string, unknown][] = [];
  columns.forEach((name, i) => {
    const column = name.startsWith(SELECTOR) ? name.slice(SELECTOR.length) : name;
    (column === name ? own : selector).push([column, numberIn(column, cells[i])]);
  });
  return {
    ...Object.fromEntries(own),
    ...(selector.length > 0 && { selector: Object.fromEntries(selector) }),
  };
}

function parseRows(path: string, table: string, configuration: RunConfiguration): RecordRow[] {
  const [columns = [], ...data] = Papa.parse<string[]>(table.replace(/\r\n/g, "\n").slice(0, -1), {
    delimiter: ",",
    newline: "\n",
  }).data;
  const expected = columnsOf(configuration);
  const lacking = expected.filter((column) => !columns.includes(column));
  if (lacking.length > 0) throw new Error(`${path}: has no column ${lacking.join(", ")}`);
  const surplus = columns.find((column, i) => columns.indexOf(column) !== i || !expected.includes(column));
  if (surplus !== undefined) throw new Error(`${path}: has an unexpected column ${surplus}`);

  const schema = rowSchema(configuration);
  const terms = termsOf(configuration);
  const images = imagesOfRecord(configuration);
  const rows = data.map((cells, i) => {
    const line = `${path}, line ${i + 2}`;
    if (cells.length !== columns.length) {
      const got = `${cells.length} value${cells.length === 1 ? "" : "s"}`;
      throw new Error(`${line}: has ${got}, expected ${columns.length}`);
    }
    const row = checkedBy(schema, line, valuesOf(columns, cells));
    const next = images.next();
    const now = certificateOf(row, terms);
    if (next.done)
      throw new Error(`${line}: is one row too many, expected one row for each image of the run`);
    if (row.index !== next.value) {
      throw new Error(`${line}: index must be ${next.value}, the next image of the run, got ${row.index}`);
    }
    if (row.selector && now.selector) checkCertificate(line, row.selector, now.selector, SELECTOR);
    checkCertificate(line, row, now);
    const correct = now.predicted === row.label ? 1 : 0;
    if (row.correct !== correct) {
      throw new Error(`${line}: correct must be ${correct}, as its votes show, got ${row.correct}`);
    }
    return row;
  });
  checkSigmas(path, configuration, rows);
  return rows;
}

/** @throws Error naming the column whose value does not follow from the votes */
function checkCertificate(line: string, read: Certificate, now: Certificate, prefix: string = ""): void {
  for (const [key, size] of Object.entries(VOTES) as [keyof typeof VOTES, "n0" | "n"][]) {
    if (now[size] === read[size]) continue;
    throw new Error(`${line}: ${prefix}${key} must add up to ${size} = ${read[size]}, got ${now[size]}`);
  }
  for (const key of ["candidate", "predicted"] as const) {
    if (read[key] === now[key]) continue;
    throw new Error(`${line}: ${prefix}${key} must be ${now[key]}, as its votes show, got ${read[key]}`);
  }
  for (const key of ["pA", "radius"] as const) {
    if (!(read[key] <= now[key] && read[key] >= now[key] * (1 - SLACK))) {
      throw new Error(
        `${line}: ${prefix}${key} must be ${now[key]}, as its votes show, or just below, got ${read[key]}`,
      );
    }
  }
}

function rowSchema(configuration: RunConfiguration): z.ZodType<RecordRow> {
  const { classCount, dual } = configuration;
  const row = z.strictObject({
    index: integer(0),
    label: integer(0, classCount - 1),
    ...certificateShape(configuration, classCount),
    correct: integer(0, 1),
    seconds: nonNegative,
  });
  if (!dual) return row;
  return row.extend({ selector: z.strictObject(certificateShape(configuration, dual.experts.length)) });
}

function certificateShape(
  { n0, n, sampling }: RunConfiguration,
  classCount: number,
): { [Column in (typeof CERTIFICATE_COLUMNS)[number]]: z.ZodType<Certificate[Column]> } {
  const votes = z.string().transform((cell, context) => {
    try {
      return parseVotes(cell, classCount);
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  });
  return {
    sigma: positive,
    predicted: integer(-1, classCount - 1),
    candidate: integer(0, classCount - 1),
    n0: integer(n0, n0),
    n: sampling.name === fixedPlan.name ? integer(n, n) : integer(1, n),
    selectionVotes: votes,
    votes,
    pA: probability,
    radius: nonNegative,
  };
}

/**
 * Checks that the values of σ(x) in a complete run are the values with which the run began, that a constant σ
 * is constant, and that σ(x) in a dual run is the σ of the chosen expert, with which the run began.
 */
function checkSigmas(path: string, configuration: RunConfiguration, rows: readonly RecordRow[]): void {
  const { variance, shard, dual } = configuration;
  if (dual) {
    requireSigmasOfRun(path, configuration, rows);
    rows.forEach(({ sigma, selector }, i) => {
      const line = `${path}, line ${i + 2}`;
      const chosen = dual.experts[selector!.candidate].sigma;
      if (sigma !== chosen) {
        throw new Error(`${line}: sigma must be ${chosen}, as the chosen expert's is, got ${sigma}`);
      }
      if (selector!.sigma !== dual.selector.sigma) {
        throw new Error(
          `${line}: ${SELECTOR}sigma must be ${dual.selector.sigma}, because it is constant, got ${selector!.sigma}`,
        );
      }
    });
    return;
  }
  const sigmas = rows.map(({ sigma }) => sigma);
  const other = variance.isConstant ? sigmas.findIndex((sigma) => sigma !== sigmas[0]) : -1;
  if (other >= 0) {
    throw new Error(
      `${path}, line ${other + 2}: sigma must be ${sigmas[0]}, because it is constant, got ${sigmas[other]}`,
    );
  }
  const isWhole = shard === undefined && rows.length === imageCount(configuration);
  if (isWhole) requireSigmasOfRun(path, configuration, rows);
}

/**
 * Checks that the values of σ(x) in all rows of a run are those with which the run began. In a dual run, the σ of
 * the selector and the experts are compared instead; {@link readRecord} checks that the rows have them.
 *
 * @param place - what holds the rows, for the error
 */
export function requireSigmasOfRun(
  place: string,
  { variance, dual }: RunConfiguration,
  rows: readonly RecordRow[],
): void {
  const values = dual ? [dual.selector, ...dual.experts] : rows;
  if (sigmaChecksum(values.map(({ sigma }) => sigma)) === variance.sigmaSha256) return;
  throw new Error(
    `${place}: the values of σ(x) are not those that the run began with: their checksum is not sigmaSha256`,
  );
}

/** Returns the SHA-256 of σ(x) at the images of a run. */
export function sigmaChecksum(sigmas: readonly number[]): string {
  const bytes = Buffer.alloc(8 * sigmas.length);
  sigmas.forEach((sigma, i) => bytes.writeDoubleLE(sigma, 8 * i));
  return createHash("sha256").update(bytes).digest("hex");
}
