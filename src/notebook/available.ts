import { MissingDataError } from "../datasets/data-file";
import { textOf, type Notebook } from "../kernel/notebook-file";

/** The beginning of the line that a cell prints when it skips something. */
const LEFT_OUT = "Left out: ";

/**
 * Loads a data set, or returns undefined if its files are missing on this machine. If they are missing, the
 * cell prints what it leaves out and how to get the files. `npm run notebooks` neither updates nor compares a
 * notebook that leaves something out.
 *
 * @throws any error of `loading` that is not due to missing files
 * @example
 * const test = await available(loadCifar10("test", { every: 20 }));
 * if (test) showTable([{ images: test.count, classes: test.classNames.length }]);
 */
export async function available<T>(loading: Promise<T>): Promise<T | undefined> {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof MissingDataError)) throw error;
    console.log(LEFT_OUT + error.message);
    return undefined;
  }
}

/** Lists the parts that an executed notebook left out, as printed by {@link available}. */
export function leftOut(notebook: Notebook): string[] {
  const printed = notebook.cells.flatMap((cell) =>
    cell.cell_type === "code"
      ? cell.outputs.map((output) => (output.output_type === "stream" ? textOf(output.text) : ""))
      : [],
  );
  const lines = printed.flatMap((text) => text.split("\n")).filter((line) => line.startsWith(LEFT_OUT));
  return [...new Set(lines.map((line) => line.slice(LEFT_OUT.length)))];
}
