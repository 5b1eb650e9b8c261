import { dirname, extname, resolve } from "node:path";
import { cohenLogText } from "../analysis/cohen-log";
import { type CertificationRecord, tableText } from "../experiments/record";
import { FIGURE_FORMATS, printFigure, type PrintSize } from "../figures/print-figure";
import type { PlotlyFigure } from "../figures/figure";
import { makeFolder } from "../files/make-folder";
import { writeWhole } from "../files/write-whole";
import { TABLE_FORMATS, tableFile } from "./table-file";
import type { DataFrameLike, TableDigits } from "./table-texts";

/** The file extensions of the formats in which a record can be saved. */
export const RECORD_FORMATS: readonly string[] = [".csv", ".tsv"];

/**
 * Writes a figure, a table or a record to a file. The extension determines the format:
 *
 * - A figure is written as `.pdf`, `.svg` or `.png`, with its size in inches and its font size in points. The
 *   fonts of a PDF are embedded.
 * - A table (rows or a danfojs DataFrame) is written as `.csv`, `.md` or `.tex` (booktabs).
 * - A record is written as `.csv` with one row per image, or as `.tsv`, which is a log in the format of Cohen
 *   et al.'s code, with radii rounded down to six digits.
 *
 * The same content gives the same bytes. An existing file is replaced as a whole.
 *
 * @throws Error naming the file if the extension does not fit the content or the file cannot be written;
 *   RangeError naming a size that is out of range
 * @example
 * const record = await readRecord("records/mnist-0.5-r0.01");
 * await save("accuracy.svg", certifiedAccuracyFigure({ "σ(x)": record }), { width: 3.25, height: 2.2 });
 * await save("summary.tex", [summarize(record)], { digits: 3 });
 * await save("ours.tsv", record);
 */
export async function save(file: string, figure: PlotlyFigure, size?: PrintSize): Promise<void>;
export async function save(file: string, record: CertificationRecord): Promise<void>;
export async function save(
  file: string,
  table: DataFrameLike | readonly object[],
  digits?: TableDigits,
): Promise<void>;
export async function save(
  file: string,
  what: PlotlyFigure | CertificationRecord | DataFrameLike | readonly object[],
  options: PrintSize & TableDigits = {},
): Promise<void> {
  const format = extname(file).toLowerCase();
  const content = await contentOf(file, format, what, options);
  await makeFolder(dirname(resolve(file)));
  await writeWhole(file, content);
}

async function contentOf(
  file: string,
  format: string,
  what: PlotlyFigure | CertificationRecord | DataFrameLike | readonly object[],
  options: PrintSize & TableDigits,
): Promise<string | Buffer> {
  if (isFigure(what)) {
    requireFormat(file, format, "figure", FIGURE_FORMATS);
    return printFigure(what, format, options);
  }
  if (isRecord(what)) {
    requireFormat(file, format, "record", RECORD_FORMATS);
    // A record that comes from another program's log lacks some values, which are left empty.
    return format === ".tsv" ? cohenLogText(what) : tableText(what).replace(/\bNaN\b/g, "");
  }
  requireFormat(file, format, "table", TABLE_FORMATS);
  return tableFile(what, format, options);
}

/**
 * Checks the extension of a file.
 *
 * @throws Error naming the file and the possible extensions
 */
export function requireFormat(file: string, format: string, kind: string, formats: readonly string[]): void {
  if (formats.includes(format)) return;
  throw new Error(`${file}: the extension for a ${kind} must be ${formats.join(", ")}, got "${format}"`);
}

function isFigure(what: object): what is PlotlyFigure {
  return Array.isArray((what as Partial<PlotlyFigure>).data);
}

function isRecord(what: object): what is CertificationRecord {
  const { configuration, rows } = what as Partial<CertificationRecord>;
  return typeof configuration === "object" && Array.isArray(rows);
}
