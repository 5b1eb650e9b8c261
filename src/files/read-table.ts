import Papa from "papaparse";

/** A table of texts with named columns. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly rows: readonly TextRow[];
}

/**
 * A row of a table, with its cells by column name and with the number of its line in the file, counted from
 * 1.
 */
export interface TextRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Reads a table whose first line holds the column names. Empty lines are skipped.
 *
 * @param file - the name of the table's file in errors
 * @throws Error naming the file and the line if two columns have the same name, if a row has a different
 *   number of cells, or if a quotation mark is misplaced
 */
export function readTable(file: string, text: string, delimiter: "," | "\t"): TextTable {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), { delimiter });
  const [error] = errors;
  if (error !== undefined) {
    throw new Error(`${file}, line ${(error.row ?? 0) + 1}: has a misplaced or unclosed quotation mark`);
  }
  const [columns = [], ...others] = data;
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) throw new Error(`${file}: has two columns ${twice}`);
  const rows = others.flatMap((cells, i): TextRow[] => {
    if (cells.every((cell) => cell.trim() === "")) return [];
    const line = i + 2;
    if (cells.length !== columns.length) {
      const got = `${cells.length} value${cells.length === 1 ? "" : "s"}`;
      throw new Error(`${file}, line ${line}: has ${got}, expected ${columns.length}`);
    }
    return [{ line, cells: Object.fromEntries(columns.map((name, j) => [name, cells[j]])) }];
  });
  return { columns, rows };
}
