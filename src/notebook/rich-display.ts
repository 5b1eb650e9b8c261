import type { CertificationRecord } from "../experiments/record";
import { countText } from "../numerics/count-text";
import { ABSTAIN } from "../smoothing/certify";
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from "./display";
import type { DataFrameLike } from "../export/table-texts";
import { tableBundle } from "./show-table";

/** The number of rows of a record that are shown; all other rows are only counted. */
const ROWS_SHOWN = 10;

/**
 * Makes the display of the value of a cell's last expression. A value with a method
 * `Symbol.for("Jupyter.display")` provides its own display. Records, and data frames and series of danfojs, are
 * displayed as tables.
 *
 * @returns the display; undefined for any other value, which the kernel then prints
 */
export function richDisplay(value: unknown): MimeBundle | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (typeof (value as Partial<Displayable>)[JUPYTER_DISPLAY] === "function") {
    return (value as Displayable)[JUPYTER_DISPLAY]();
  }
  if (isRecord(value)) return recordTable(value);
  if (isFrame(value)) return tableBundle(isSeries(value) ? asFrame(value) : value);
  return undefined;
}

function isRecord(value: object): value is CertificationRecord {
  const { configuration, command, rows } = value as Partial<CertificationRecord>;
  return typeof command === "string" && typeof configuration?.dataset === "object" && Array.isArray(rows);
}

function recordTable({ configuration, rows }: CertificationRecord): MimeBundle {
  const { dataset, variance, n0, n, alpha } = configuration;
  const table = rows.map((row) => ({
    image: row.index,
    label: row.label,
    answer: row.predicted === ABSTAIN ? "abstains" : String(row.predicted),
    correct: row.correct === 1 ? "yes" : "no",
    "σ(x)": row.sigma,
    p_A: row.pA,
    "certified radius": row.radius,
  }));
  const caption =
    `Record of ${rows.length} images of ${dataset.name} (${dataset.split}): ${variance.name}, r = ${variance.rate}, ` +
    `n0 = ${countText(n0)}, n = ${countText(n)}, α = ${alpha}`;
  return tableBundle(table, { caption, maxRows: ROWS_SHOWN });
}

function isFrame(value: object): value is DataFrameLike {
  const { columns, index, values, print } = value as Partial<DataFrameLike> & { print?: unknown };
  return [columns, index, values].every(Array.isArray) && typeof print === "function";
}

function isSeries(frame: DataFrameLike): boolean {
  return !(frame.values as unknown[]).every(Array.isArray);
}

function asFrame({ columns, index, values }: DataFrameLike): DataFrameLike {
  return { columns, index, values: (values as unknown[]).map((value) => [value]) };
}
