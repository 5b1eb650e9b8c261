import { MissingDataError } from "../datasets/data-file";
import { textOf, type Notebook } from "../kernel/notebook-file";

/** How a cell begins the line which says that it leaves something out. */
const LEFT_OUT = "Left out: ";

/**
 * A data set, or undefined where its files are not on this machine; the cell then says what is left out and how to get
 * it. A notebook that has left something out is not written back by `npm run notebooks`, and not compared.
 *
 * @throws what loading throws, but for missing files
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

/** What an executed notebook has left out, in the words of {@link available}. */
export function leftOut(notebook: Notebook): string[] {
  const printed = notebook.cells.flatMap((cell) =>
    cell.cell_type === "code"
      ? cell.outputs.map((output) => (output.output_type === "stream" ? textOf(output.text) : ""))
      : [],
  );
  const lines = printed.flatMap((text) => text.split("\n")).filter((line) => line.startsWith(LEFT_OUT));
  return [...new Set(lines.map((line) => line.slice(LEFT_OUT.length)))];
}
