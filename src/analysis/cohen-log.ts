import { createHash } from "node:crypto";
import { basename } from "node:path";
import { checksumsOf } from "../datasets/checksums";
import type { ImageDataset } from "../datasets/image-dataset";
import { imagesText } from "../experiments/images";
import { type CertificationRecord, type RecordRow, sigmaChecksum } from "../experiments/record";
import { FORMAT, type RunConfiguration } from "../experiments/run-configuration";
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";
import { readTable } from "../files/read-table";
import { requireFraction, requireInteger, requirePositive } from "../numerics/arguments";
import { requireOptions } from "../numerics/options";
import { roundedDown } from "../numerics/rounded-down";
import { ABSTAIN } from "../smoothing/certify";

/** Information about a run that is missing from the certification logs of Cohen et al.'s code. */
export interface CohenLogOptions {
  /** The standard deviation σ of the noise. */
  readonly sigma: number;
  /**
   * The data set whose images were certified, or the `configuration.dataset` of a record for the same images.
   */
  readonly dataset: Pick<RunConfiguration["dataset"], "name" | "split" | "checksums" | "count" | "dimension">;
  /** The number of classes. Default: one more than the largest label or predicted class. */
  readonly classCount?: number;
  /** The number of samples that chose the class; default 100. */
  readonly n0?: number;
  /** The number of samples that bounded the probability of the chosen class; default 100,000. */
  readonly n?: number;
  /** The error probability of a certificate; default 0.001. */
  readonly alpha?: number;
}

const OPTIONS: Readonly<Record<keyof CohenLogOptions, true>> = {
  sigma: true,
  dataset: true,
  classCount: true,
  n0: true,
  n: true,
  alpha: true,
};

const COLUMNS = ["idx", "label", "predict", "radius", "correct", "time"] as const;

/**
 * Reads a certification log as a record. The log must have the format of Cohen et al.'s code (2019), which is
 * common in the field: tab-separated columns `idx`, `label`, `predict`, `radius`, `correct` and `time`.
 *
 * A log holds radii rounded to three digits, but neither votes nor p_A. The record therefore has no votes;
 * p_A, seed and levels are NaN, and `recertify` cannot use the record. The noise of a log was drawn in
 * floating point, which the guarantee of `certify` does not cover.
 *
 * @throws Error naming the file and the invalid line; RangeError naming an option that is out of range or unknown
 * @example
 * const ours = await readRecord("records/cifar10-0.5-mean");
 * await save("noise_0.50.tsv", ours);
 * const theirs = await readCohenLog("noise_0.50.tsv", { sigma: 0.5, dataset: ours.configuration.dataset });
 * theirs.rows.length; // 500
 */
export async function readCohenLog(file: string, options: CohenLogOptions): Promise<CertificationRecord> {
  requireOptions("readCohenLog", options, OPTIONS);
  const { sigma, n0 = 100, n = 100_000, alpha = 0.001 } = options;
  const dataset = { ...options.dataset, checksums: checksumsFor(options.dataset) };
  requirePositive("sigma", sigma);
  requireInteger("n0", n0, 1);
  requireInteger("n", n, 1);
  requireFraction("alpha", alpha);
  const content = await readRegularFile(file, LARGEST_TEXT);
  if (!content) throw new Error(`${file}: there is no such log`);
  const logged = loggedRows(file, content.toString());
  const largest = logged.reduce((most, { label, predicted }) => Math.max(most, label, predicted), 0);
  const { classCount = largest + 1 } = options;
  requireInteger("classCount", classCount, largest + 1);
  let previous = -1;
  const rows = logged.map(({ line, ...row }): RecordRow => {
    if (row.index <= previous || row.index >= dataset.count) {
      throw new Error(
        `${file}, line ${line}: idx must be above ${previous} and below ${dataset.count}, got ${row.index}`,
      );
    }
    previous = row.index;
    const unknown = { selectionVotes: [], votes: [], pA: NaN, candidate: row.predicted };
    return { ...row, ...unknown, sigma, n0, n };
  });
  const log = createHash("sha256").update(content).digest("hex");
  const configuration = configurationOf(rows, log, { sigma, dataset, classCount, n0, n, alpha });
  return { configuration, command: `a log of another program: ${basename(file)}`, rows };
}

/** Returns the checksums that a record of the same images has. */
function checksumsFor(dataset: CohenLogOptions["dataset"] | ImageDataset): ImageDataset["checksums"] {
  return "pixels" in dataset ? checksumsOf(dataset) : dataset.checksums;
}

/**
 * Returns the known part of the configuration of the run that wrote a log, together with the log's checksum.
 */
function configurationOf(
  rows: readonly RecordRow[],
  log: string,
  { sigma, dataset, classCount, n0, n, alpha }: Required<CohenLogOptions>,
): RunConfiguration {
  const { name, split, checksums, count, dimension } = dataset;
  const images = imagesText(rows.map(({ index }) => index));
  const parameters = { sigma };
  const sigmaSha256 = sigmaChecksum(rows.map((row) => row.sigma));
  return {
    format: FORMAT,
    version: "not known",
    dataset: { name, split, checksums, count, dimension, images },
    model: { name: "not known", log },
    classCount,
    levels: NaN,
    variance: { name: "constant", rate: 0, eta: 0, isConstant: true, parameters, sigmaSha256 },
    n0,
    n,
    alpha,
    tau: 0,
    seed: NaN,
    sampling: { name: "fixed", parameters: {} },
    bound: "clopper-pearson",
    noise: "floating point, not known",
    probeSha256: "not known",
  };
}

/** Returns the rows of a log. The log must have at least one row. Each row is checked on its own. */
function loggedRows(file: string, text: string): LoggedRow[] {
  const { columns, rows } = readTable(file, text, "\t");
  const missing = COLUMNS.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    throw new Error(
      `${file}: has no column ${missing.join(", ")}, expected ${COLUMNS.join(", ")}, separated by tabs`,
    );
  }
  if (rows.length === 0) throw new Error(`${file}: has no rows`);
  return rows.map(({ line, cells }) => ({ line, ...rowOf(`${file}, line ${line}`, cells) }));
}

type LoggedColumns = Pick<RecordRow, "index" | "label" | "predicted" | "radius" | "correct" | "seconds">;

interface LoggedRow extends LoggedColumns {
  readonly line: number;
}

function rowOf(line: string, cells: Readonly<Record<string, string>>): LoggedColumns {
  const number = (
    column: (typeof COLUMNS)[number],
    isRight: (value: number) => boolean,
    what: string,
  ): number => {
    const text = cells[column] ?? "";
    const value = text.trim() === "" ? NaN : Number(text);
    if (!isRight(value)) throw new Error(`${line}: ${column} must be ${what}, got "${text}"`);
    return value;
  };
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
  const index = number("idx", isCount, "an integer of at least 0");
  const label = number("label", isCount, "an integer of at least 0");
  const predicted = number(
    "predict",
    (value) => value === ABSTAIN || isCount(value),
    "a class, or -1 for abstain",
  );
  const radius = number("radius", (value) => value >= 0 && value < Infinity, "a number of at least 0");
  const correct = number("correct", (value) => value === 0 || value === 1, "0 or 1");
  if ((correct === 1) !== (predicted === label)) {
    throw new Error(
      `${line}: correct is ${correct}, but the label is ${label} and the predicted class ${predicted}`,
    );
  }
  if (predicted === ABSTAIN && radius > 0)
    throw new Error(`${line}: the radius of an abstention must be 0, got ${radius}`);
  return { index, label, predicted, radius, correct, seconds: secondsOf(line, cells.time ?? "") };
}

/** Returns the number of seconds in a duration as Python writes it: `0:00:13.808713` or `1 day, 2:00:00`. */
function secondsOf(line: string, text: string): number {
  const parts = /^(?:(\d+) days?, )?(\d+):(\d\d):(\d\d(?:\.\d+)?)$/.exec(text.trim());
  if (!parts) throw new Error(`${line}: time must be a duration such as 0:00:13.8, got "${text}"`);
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/**
 * Writes a record as a certification log in the format of Cohen et al., which {@link readCohenLog} reads.
 * `radius` is rounded down to six digits.
 */
export function cohenLogText({ rows }: Pick<CertificationRecord, "rows">): string {
  const lines = rows.map(({ index, label, predicted, radius, correct, seconds }) =>
    [index, label, predicted, roundedDown(radius), correct, durationText(seconds)].join("\t"),
  );
  return [COLUMNS.join("\t"), ...lines].map((line) => `${line}\n`).join("");
}

/** Returns a duration in Python's notation, to the microsecond. */
function durationText(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  const part = (unit: number, size: number): number => Math.floor(micros / unit) % size;
  const days = Math.floor(micros / 86_400e6);
  const clock = `${part(3600e6, 24)}:${two(part(60e6, 60))}:${two(part(1e6, 60))}`;
  const fraction = micros % 1e6 === 0 ? "" : `.${String(micros % 1e6).padStart(6, "0")}`;
  return `${days > 0 ? `${days} day${days > 1 ? "s" : ""}, ` : ""}${clock}${fraction}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
