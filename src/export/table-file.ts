/** Writes tables as files in three formats: comma-separated values, Markdown and LaTeX. */
import Papa from "papaparse";
import { columnsAndRows, type DataFrameLike, type TableDigits, textsOf } from "./table-texts";

/** The file extensions of the formats in which a table can be saved. */
export const TABLE_FORMATS: readonly string[] = [".csv", ".md", ".tex"];

/**
 * Writes a table as the text of a file. `.csv` has all digits; `.md` and `.tex` (booktabs) have right-aligned
 * numbers, rounded as in `showTable`.
 *
 * @param format - one of {@link TABLE_FORMATS}
 * @throws RangeError if `digits` or `decimals` is out of range; Error if the value is not a table
 */
export function tableFile(
  table: DataFrameLike | readonly object[],
  format: string,
  digits: TableDigits = {},
): string {
  if (format === ".csv") {
    const { columns, rows } = columnsAndRows(table);
    return `${Papa.unparse([columns, ...rows.map((row) => row.map(plain))], { newline: "\n" })}\n`;
  }
  const { columns, texts, numeric, shown } = textsOf(table, digits);
  const rows = [columns, ...Array.from({ length: shown }, (_, i) => texts.map((column) => column[i]))];
  const [head, ...body] = rows.map((row) => row.map(format === ".tex" ? latexText : markdownText));
  if (format === ".md") {
    const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
    return `${[line(head), line(numeric.map((right) => (right ? "---:" : "---"))), ...body.map(line)].join("\n")}\n`;
  }
  const line = (cells: readonly string[]): string => `  ${cells.join(" & ")} \\\\`;
  return [
    "% \\usepackage{booktabs}",
    `\\begin{tabular}{${numeric.map((right) => (right ? "r" : "l")).join("")}}`,
    "  \\toprule",
    line(head),
    "  \\midrule",
    ...body.map(line),
    "  \\bottomrule",
    "\\end{tabular}\n",
  ].join("\n");
}

/** Returns a value as it is written to a CSV file. Unknown values become empty fields. */
function plain(value: unknown): unknown {
  return value === null || Number.isNaN(value) ? undefined : value;
}

function markdownText(text: string): string {
  return text.replace(/[\\|<>*_`[\]]/g, "\\$&").replace(/\s*\n\s*/g, " ");
}

/**
 * The replacements for characters that are commands in LaTeX, and for letters that LaTeX's text fonts lack.
 */
const LATEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  ...Object.fromEntries([..."&%$#_{}"].map((letter) => [letter, `\\${letter}`])),
  "<": "$<$",
  ">": "$>$",
  "|": "$|$",
  "\n": " ",
  // At the start of a row, LaTeX takes these two for options of the command that ends the row above.
  "[": "{[}",
  "*": "{*}",
  "−": "$-$",
  "–": "--",
  "…": "\\dots{}",
  "“": "``",
  "”": "''",
  ...Object.fromEntries(
    Object.entries({
      "≤": "\\le",
      "≥": "\\ge",
      "±": "\\pm",
      "×": "\\times",
      "·": "\\cdot",
      "≈": "\\approx",
      "∞": "\\infty",
      "→": "\\to",
      "√": "\\surd",
      "‖": "\\|",
      α: "\\alpha",
      β: "\\beta",
      ε: "\\varepsilon",
      η: "\\eta",
      λ: "\\lambda",
      μ: "\\mu",
      ξ: "\\xi",
      ρ: "\\rho",
      σ: "\\sigma",
      τ: "\\tau",
      χ: "\\chi",
      Δ: "\\Delta",
      Φ: "\\Phi",
      "½": "\\frac12",
      "²": "^2",
      "₀": "_0",
      "₁": "_1",
      "₂": "_2",
    }).map(([letter, command]) => [letter, `$${command}$`]),
  ),
};

function latexText(text: string): string {
  return (
    Array.from(text, (letter) => (Object.hasOwn(LATEX, letter) ? LATEX[letter] : letter))
      .join("")
      .replace(/(?<!\\)\$\$/g, "")
      // A letter with an index, such as σ_b or p_A, becomes a formula.
      .replace(
        /(?:\$(\\[a-z]+)\$|\b([a-zA-Z]))\\_(\w)(?!\w)/g,
        (_, greek?: string, latin?: string, index?: string) => `$${greek ?? latin}_${index}$`,
      )
  );
}
