import { type DataFrameLike, textsOf, type TableDigits } from "../export/table-texts";
import { displayed, type Displayable } from "./display";
import { escapeHtml } from "../files/escape-html";
import { largest } from "../numerics/summaries";

/** The options of {@link showTable}. */
export interface TableOptions extends TableDigits {
  /** The text above the table. */
  caption?: string;
  /** The maximum number of rows shown; further rows are only counted. Default: 50. */
  maxRows?: number;
}

/**
 * Shows a table in a notebook cell: a danfojs DataFrame, or a list of row objects, whose keys are the columns.
 * Numbers are rounded for readability: certified radii and p_A down, in columns whose names are pA or p_A or
 * begin with "radius", "certified radius", "largest radius" or "Cohen's radius"; other numbers to nearest. All
 * numbers in a column have the same number of decimals: the requested number, or fewer decimals if they suffice
 * to show every number of the column exactly (σ = 0.12, not 0.1200). On a page, the letters b in σ_b and A in p_A
 * become subscripts.
 *
 * @returns outside a notebook, a value that other kernels may display (`Symbol.for("Jupyter.display")`)
 * @throws RangeError if `digits` is not an integer in [1, 15], `maxRows` is not a positive integer, or
 * `decimals` is not an integer in [0, 15]
 * @example
 * showTable([{ model: "constant σ", accuracy: 0.814 }, { model: "input-dependent σ(x)", accuracy: 0.82 }]);
 */
export function showTable(
  table: DataFrameLike | readonly object[],
  options: TableOptions = {},
): Displayable | undefined {
  return displayed(tableBundle(table, options));
}

/** Returns a table as HTML and as text. */
export function tableBundle(
  table: DataFrameLike | readonly object[],
  options: TableOptions = {},
): { "text/html": string; "text/plain": string } {
  const { caption, maxRows = 50 } = options;
  if (!(Number.isInteger(maxRows) && maxRows >= 1)) {
    throw new RangeError(`maxRows must be a positive integer, got ${maxRows}`);
  }
  const { columns, texts, numeric, shown, more } = textsOf(table, options, maxRows);
  const note = more > 0 ? `… and ${more} more row${more === 1 ? "" : "s"}` : "";

  return {
    "text/html": htmlTable(columns, texts, numeric, shown, caption, note),
    "text/plain": textTable(columns, texts, numeric, shown, caption, note),
  };
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
    columns.map((_, j) => `<${tag}${align[j]}>${typeset(content(j))}</${tag}>`).join("");
  const body = Array.from({ length: rows }, (_, i) => `<tr>${cells("td", (j) => texts[j][i])}</tr>\n`);
  return [
    "<table>\n",
    caption === undefined ? "" : `<caption>${typeset(caption)}</caption>\n`,
    `<thead><tr>${cells("th", (j) => columns[j])}</tr></thead>\n<tbody>\n`,
    ...body,
    "</tbody>\n</table>",
    note === "" ? "" : `\n<p>${escapeHtml(note)}</p>`,
  ].join("");
}

/** Converts a text to HTML, with subscripts for σ_b and p_A. */
function typeset(text: string): string {
  return escapeHtml(text).replace(/(?<!\p{L})(\p{L})_(\w)(?!\w)/gu, "$1<sub>$2</sub>");
}

function textTable(
  columns: string[],
  texts: string[][],
  numeric: boolean[],
  rows: number,
  caption: string | undefined,
  note: string,
): string {
  const widths = columns.map((name, j) =>
    Math.max(name.length, largest(texts[j].map((text) => text.length))),
  );
  const line = (content: (j: number) => string): string =>
    columns
      .map((_, j) => (numeric[j] ? content(j).padStart(widths[j]) : content(j).padEnd(widths[j])))
      .join("  ")
      .trimEnd();
  const lines = [line((j) => columns[j]), line((j) => "─".repeat(widths[j]))];
  for (let i = 0; i < rows; i++) lines.push(line((j) => texts[j][i]));
  return [...(caption === undefined ? [] : [caption]), ...lines, ...(note === "" ? [] : [note])].join("\n");
}
