import { displayed, type Displayable } from "./display";
import { escapeHtml } from "../files/escape-html";

/** The part of a danfojs DataFrame that a table needs. */
export interface DataFrameLike {
  columns: string[];
  index: (string | number)[];
  values: unknown;
}

/** How a table is shown. */
export interface TableOptions {
  /** Text above the table. */
  caption?: string;
  /** Significant digits of numbers that are not integers; by default 4. */
  digits?: number;
  /** Decimals of all numbers in columns that are not of integers, in place of `digits`. */
  decimals?: number;
  /** Longest table shown in full; of a longer one, the first rows are shown and the rest counted. By default 50. */
  maxRows?: number;
}

/**
 * Shows a table in the cell of a notebook: a danfojs DataFrame, or a list of row objects, whose keys are the
 * columns. Numbers are rounded for reading, all of a column to the same decimals.
 *
 * @example showTable([{ model: "constant σ", accuracy: 0.814 }, { model: "input-dependent σ(x)", accuracy: 0.82 }]);
 * @returns outside a notebook, a value that other kernels may display (`Symbol.for("Jupyter.display")`)
 * @throws RangeError when digits is not an integer in [1, 15], maxRows not a positive integer, or decimals
 * not one in [0, 15]
 */
export function showTable(
  table: DataFrameLike | readonly object[],
  options: TableOptions = {},
): Displayable | undefined {
  return displayed(tableBundle(table, options));
}

/** The HTML and the text form of a table. */
export function tableBundle(
  table: DataFrameLike | readonly object[],
  options: TableOptions = {},
): { "text/html": string; "text/plain": string } {
  const { caption, digits = 4, decimals, maxRows = 50 } = options;
  if (!(Number.isInteger(digits) && digits >= 1 && digits <= 15)) {
    throw new RangeError(`digits must be an integer in [1, 15], got ${digits}`);
  }
  if (decimals !== undefined && !(Number.isInteger(decimals) && decimals >= 0 && decimals <= 15)) {
    throw new RangeError(`decimals must be an integer in [0, 15], got ${decimals}`);
  }
  if (!(Number.isInteger(maxRows) && maxRows >= 1)) {
    throw new RangeError(`maxRows must be a positive integer, got ${maxRows}`);
  }
  const { columns, rows } = columnsAndRows(table);
  const shown = rows.slice(0, maxRows);
  const more = rows.length - shown.length;
  const texts = columns.map((_, j) =>
    columnTexts(
      shown.map((row) => row[j]),
      digits,
      decimals,
    ),
  );
  const numeric = columns.map((_, j) => shown.every((row) => row[j] == null || typeof row[j] === "number"));
  const note = more > 0 ? `… and ${more} more row${more === 1 ? "" : "s"}` : "";

  return {
    "text/html": htmlTable(columns, texts, numeric, shown.length, caption, note),
    "text/plain": textTable(columns, texts, numeric, shown.length, caption, note),
  };
}

function columnsAndRows(table: DataFrameLike | readonly object[]): { columns: string[]; rows: unknown[][] } {
  if (Array.isArray(table)) {
    const wrong = (table as unknown[]).findIndex((row) => typeof row !== "object" || row === null);
    if (wrong >= 0) throw new Error(`row ${wrong} of the table is not an object`);
    const columns = [...new Set((table as object[]).flatMap((row) => Object.keys(row)))];
    return {
      columns,
      rows: (table as Record<string, unknown>[]).map((row) => columns.map((name) => row[name])),
    };
  }
  const { columns, index, values } = table as DataFrameLike;
  if (!Array.isArray(columns) || !Array.isArray(values)) {
    throw new Error("showTable expects a danfojs DataFrame or an array of row objects");
  }
  // An index that only counts the rows says nothing; one with names (that of describe(), say) is a column.
  const counts = index.every((entry, i) => Number(entry) === i);
  return counts
    ? { columns, rows: values as unknown[][] }
    : { columns: ["", ...columns], rows: (values as unknown[][]).map((row, i) => [index[i], ...row]) };
}

/** One column's values as text: numbers with the digits asked for and, where it is possible, equal decimals. */
function columnTexts(values: unknown[], digits: number, fixed: number | undefined): string[] {
  const numbers = values.filter((v): v is number => typeof v === "number" && Number.isFinite(v) && v !== 0);
  const least = fixed === undefined ? 1e-4 : 0;
  const readable = numbers.every((v) => Math.abs(v) >= least && Math.abs(v) < 1e15);
  const whole = numbers.every(Number.isInteger);
  const decimals = readable && !whole ? (fixed ?? Math.max(...numbers.map((v) => decimalsOf(v, digits)))) : 0;
  return values.map((value) => {
    if (value === null || value === undefined) return "";
    if (typeof value !== "number") return value instanceof Date ? value.toISOString() : String(value);
    if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞").replace("-", "−");
    const text = readable
      ? value.toFixed(decimals)
      : Number.isInteger(value)
        ? String(value)
        : value.toExponential(digits - 1);
    // What is rounded to 0 has no sign.
    return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
  });
}

/** Decimals that show a number with the significant digits asked for, or fewer where fewer show it exactly. */
function decimalsOf(value: number, digits: number): number {
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  const exact = String(value).split(".")[1] ?? "";
  return Math.min(places, exact.length);
}

function htmlTable(
  columns: string[],
  texts: string[][],
  numeric: boolean[],
  rows: number,
  caption: string | undefined,
  note: string,
): string {
  const align = numeric.map((right) => ` style="text-align: ${right ? "right" : "left"}"`);
  const cells = (tag: string, content: (j: number) => string): string =>
    columns.map((_, j) => `<${tag}${align[j]}>${escapeHtml(content(j))}</${tag}>`).join("");
  const body = Array.from({ length: rows }, (_, i) => `<tr>${cells("td", (j) => texts[j][i])}</tr>\n`);
  return [
    "<table>\n",
    caption === undefined ? "" : `<caption>${escapeHtml(caption)}</caption>\n`,
    `<thead><tr>${cells("th", (j) => columns[j])}</tr></thead>\n<tbody>\n`,
    ...body,
    "</tbody>\n</table>",
    note === "" ? "" : `\n<p>${escapeHtml(note)}</p>`,
  ].join("");
}

function textTable(
  columns: string[],
  texts: string[][],
  numeric: boolean[],
  rows: number,
  caption: string | undefined,
  note: string,
): string {
  const widths = columns.map((name, j) => Math.max(name.length, ...texts[j].map((text) => text.length)));
  const line = (content: (j: number) => string): string =>
    columns
      .map((_, j) => (numeric[j] ? content(j).padStart(widths[j]) : content(j).padEnd(widths[j])))
      .join("  ")
      .trimEnd();
  const lines = [line((j) => columns[j]), line((j) => "─".repeat(widths[j]))];
  for (let i = 0; i < rows; i++) lines.push(line((j) => texts[j][i]));
  return [...(caption === undefined ? [] : [caption]), ...lines, ...(note === "" ? [] : [note])].join("\n");
}
