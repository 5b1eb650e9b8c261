/**
 * Compares the stored outputs of a notebook with the outputs that its code produces now. The comparison covers
 * numbers, but not pixels.
 */
import { textOf, type CellOutput, type CodeCell, type MultilineText, type Notebook } from "./notebook-file";

/**
 * The relative tolerance of numbers. Two numbers also agree if they differ by at most one unit in the last
 * printed digit. Whole numbers in a text must be equal.
 */
const TOLERANCE = 1e-4;

/** Smaller absolute differences are ignored. */
const NEGLIGIBLE = 1e-9;

/** The first place at which outputs differ. */
export interface OutputDifference {
  /** The number of the cell among the notebook's code cells, from 1. */
  readonly codeCell: number;
  /** A message that shows the old and the new output. */
  readonly message: string;
}

/**
 * Finds the first difference between the stored outputs of a notebook and the outputs of a new run.
 *
 * @param written - the notebook with its stored outputs
 * @param fresh - the same notebook, executed
 * @returns undefined if all outputs agree
 */
export function differenceOfOutputs(written: Notebook, fresh: Notebook): OutputDifference | undefined {
  const [before, now] = [written, fresh].map(({ cells }) =>
    cells.filter((cell): cell is CodeCell => cell.cell_type === "code"),
  );
  for (const [i, cell] of before.entries()) {
    const message = compareOutputs(cell.outputs, now[i].outputs);
    if (message !== undefined) return { codeCell: i + 1, message };
  }
  return undefined;
}

function compareOutputs(before: readonly CellOutput[], now: readonly CellOutput[]): string | undefined {
  for (const [i, output] of before.entries()) {
    const difference =
      i < now.length ? compare(comparable(output), comparable(now[i]), "") : "is no longer there";
    if (difference !== undefined) return `output ${i + 1}${difference.replace(/^(?=[^.[])/, " ")}`;
  }
  return now.length > before.length ? `there are ${now.length} outputs, not ${before.length}` : undefined;
}

/** Returns an output without the parts that may differ: line splits, execution counts, and pixels. */
function comparable(output: CellOutput): unknown {
  if (output.output_type === "stream") return { [output.name]: textOf(output.text) };
  if (output.output_type === "error") return { error: `${output.ename}: ${output.evalue}` };
  return Object.fromEntries(
    Object.entries(output.data).map(([mime, value]) => {
      if (/^image\/(?!svg)/.test(mime)) return [mime, "picture"];
      return [mime, mime.startsWith("text/") ? textOf(value as MultilineText) : value];
    }),
  );
}

/** Describes the first difference between two values. Returns undefined if the values agree. */
function compare(before: unknown, now: unknown, path: string): string | undefined {
  const differ = (a: unknown, b: unknown): string => `${path}: was ${excerpt(a)}, now ${excerpt(b)}`;
  if (typeof before === "number" && typeof now === "number") {
    return near(before, now, 0) ? undefined : differ(before, now);
  }
  if (typeof before === "string" && typeof now === "string") {
    if (isPicture(before) && isPicture(now)) return undefined;
    const piece = firstPiece(before, now);
    return piece && differ(...piece);
  }
  if (!isObject(before) || !isObject(now) || Array.isArray(before) !== Array.isArray(now)) {
    return before === now ? undefined : differ(before, now);
  }
  if (Array.isArray(before) && before.length !== (now as unknown as unknown[]).length) {
    return `${path}: had ${before.length} entries, now ${(now as unknown as unknown[]).length}`;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const place = Array.isArray(before) ? `[${key}]` : `.${key}`;
    const difference = compare(before[key], now[key], path + place);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const NUMBER = /([-−]?\d+(?:\.\d+)?(?:e[-+−]?\d+)?)/;

/**
 * Finds the first number, or the first text between numbers, in which two texts differ. Column widths are
 * ignored.
 */
function firstPiece(before: string, now: string): [string, string] | undefined {
  const [a, b] = [before, now].map((text) => text.replace(/[\s─]+/g, " ").split(NUMBER));
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === b[i]) continue;
    const isNumber = i % 2 === 1 && a[i] !== undefined && b[i] !== undefined;
    if (isNumber) {
      const [x, y] = [a[i], b[i]].map((text) => Number(text.replace(/−/g, "-")));
      const unit = Math.max(lastUnit(a[i]), lastUnit(b[i]));
      // Whole numbers are counts, indices or labels.
      if (unit === 0 ? x === y : near(x, y, unit)) continue;
    }
    return [a, b].map((pieces) => pieces.slice(Math.max(0, i - 1), i + 2).join("")) as [string, string];
  }
  return undefined;
}

/** Returns the value of one unit in the last digit of a number given as text; 0 for a whole number. */
function lastUnit(number: string): number {
  const [mantissa, exponent = "0"] = number.replace(/−/g, "-").split("e");
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  return decimals === 0 && exponent === "0" ? 0 : 10 ** (Number(exponent) - decimals);
}

function near(a: number, b: number, unit: number): boolean {
  const tolerance = TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  return Math.abs(a - b) <= Math.max(tolerance, 1.000001 * unit, NEGLIGIBLE);
}

function isPicture(text: string): boolean {
  return text.startsWith("data:image/");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function excerpt(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
