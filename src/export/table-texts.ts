/** The cells of a table as texts, for notebooks and files. */
import { fixedDown, roundedDown } from "../numerics/rounded-down";
import { largest } from "../numerics/summaries";

/**
 * The names of columns that are rounded down: certified radii and p_A, such as "radius", "certified radius", "largest
 * radius, first" or "Cohen's radius", and the fields of `certifiedRadius`, but not averages.
 */
const ROUNDED_DOWN = /^(certified |largest |Cohen's )?radius\b|^(decreasing|increasing|cohen|p_?A)$/;

/** The part of a danfojs DataFrame that a table needs. */
export interface DataFrameLike {
  columns: string[];
  index: (string | number)[];
  values: unknown;
}

/** The options that determine how the numbers of a table are rounded. */
export interface TableDigits {
  /** The number of significant digits of numbers that are not integers; by default 4. */
  digits?: number;
  /**
   * The maximum number of decimals in a column, which replaces `digits`. A column has fewer decimals if they
   * suffice to show all numbers of the column exactly.
   */
  decimals?: number;
}

/** How the numbers of one column are rounded. */
interface Rounding {
  readonly digits: number;
  readonly decimals: number | undefined;
  /** Whether numbers are rounded down, not to nearest. */
  readonly down: boolean;
}

/** The cells of a table, column by column. */
export interface TableTexts {
  readonly columns: string[];
  /** For each column, the text of each row. */
  readonly texts: string[][];
  /** Whether each column holds only numbers. */
  readonly numeric: boolean[];
  /** The number of rows in `texts`, and the number of further rows in the table. */
  readonly shown: number;
  readonly more: number;
}

/**
 * Returns the first rows of a table as texts. All numbers of a column have the same number of decimals. Numbers
 * are rounded to nearest; certified radii and p_A are rounded down.
 *
 * @throws RangeError if digits is not an integer in [1, 15], or decimals is not an integer in [0, 15]; Error
 *   if the value is not a table
 */
export function textsOf(
  table: DataFrameLike | readonly object[],
  { digits = 4, decimals }: TableDigits,
  maxRows: number = Infinity,
): TableTexts {
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= 15)) {
    throw new RangeError(`digits must be an integer in [1, 15], got ${digits}`);
  }
  if (decimals !== undefined && !(Number.isInteger(decimals) && decimals >= 0 && decimals <= 15)) {
    throw new RangeError(`decimals must be an integer in [0, 15], got ${decimals}`);
  }
  const { columns, rows } = columnsAndRows(table);
  const shown = rows.slice(0, maxRows);
  return {
    columns,
    texts: columns.map((name, j) =>
      columnTexts(
        shown.map((row) => row[j]),
        { digits, decimals, down: ROUNDED_DOWN.test(name) },
      ),
    ),
    numeric: columns.map((_, j) => shown.every((row) => row[j] == null || typeof row[j] === "number")),
    shown: shown.length,
    more: rows.length - shown.length,
  };
}

/** Returns the columns of a table, and the rows of the table as lists of values. */
export function columnsAndRows(table: DataFrameLike | readonly object[]): {
  columns: string[];
  rows: unknown[][];
} {
  if (Array.isArray(table)) {
    const wrong = (table as unknown[]).findIndex((row) => typeof row !== "object" || row === null);
    if (wrong >= 0) throw new Error(`row ${wrong} of the table is not an object`);
    const columns = [...new Set((table as object[]).flatMap((row) => Object.keys(row)))];
    return {
      columns,
      rows: (table as Record<string, unknown>[]).map((row) => columns.map((name) => cellOf(row[name]))),
    };
  }
  const { columns, index, values } = table as DataFrameLike;
  if (!Array.isArray(columns) || !Array.isArray(values)) {
    throw new Error("a table must be a danfojs DataFrame or an array of row objects");
  }
  // An index that only counts the rows is omitted. An index that names the rows (for example from describe())
  // becomes a column.
  const counts = index.every((entry, i) => Number(entry) === i);
  return counts
    ? { columns, rows: values as unknown[][] }
    : { columns: ["", ...columns], rows: (values as unknown[][]).map((row, i) => [index[i], ...row]) };
}

/** Returns a value as a cell of a table. Objects such as `{ sigma: 0.5 }` become JSON. */
function cellOf(value: unknown): unknown {
  const isObject = value && Object.getPrototypeOf(value) === Object.prototype;
  return isObject ? JSON.stringify(value) : value;
}

/**
 * Returns the values of a column as texts. If possible, all numbers of the column have the same number of
 * decimals: the requested number, or fewer if these suffice to show all numbers exactly (σ = 0.12, not
 * 0.1200). Numbers of at least 10,000 have commas.
 */
function columnTexts(values: unknown[], rounding: Rounding): string[] {
  const numbers = values.filter((v): v is number => typeof v === "number" && Number.isFinite(v) && v !== 0);
  const least = rounding.decimals === undefined ? 1e-4 : 0;
  const readable = numbers.every((v) => Math.abs(v) >= least && Math.abs(v) < 1e15);
  const decimals = Math.max(0, largest(numbers.map((v) => (readable ? decimalsOf(v, rounding) : 0))));
  return values.map((value) => {
    if (value === null || value === undefined) return "";
    if (typeof value !== "number") return value instanceof Date ? value.toISOString() : String(value);
    if (Number.isNaN(value)) return "–";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
    const text =
      readable || Number.isInteger(value)
        ? decimalText(value, decimals, rounding)
        : exponentialText(value, rounding);
    // A number that rounds to 0 is written without a sign.
    return Number(text) === 0 ? text.replace("-", "") : text.replaceAll("-", "−");
  });
}

function decimalText(value: number, decimals: number, { down }: Rounding): string {
  const text = down ? fixedDown(value, decimals) : value.toFixed(decimals);
  if (Math.abs(value) < 10_000) return text;
  return Number(text).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

function exponentialText(value: number, { digits, down }: Rounding): string {
  return (down && value > 0 ? roundedDown(value, digits) : value).toExponential(digits - 1);
}

/**
 * Returns the smallest number of decimals that shows a number exactly, but at most the requested number of
 * decimals.
 */
function decimalsOf(value: number, { digits, decimals: fixed, down }: Rounding): number {
  const most = fixed ?? Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  const exact = down ? value : Number(value.toPrecision(12)); // shows 0.1 + 0.2 as 0.3
  let decimals = 0;
  while (decimals < most && Number(exact.toFixed(decimals)) !== exact) decimals++;
  return decimals;
}
