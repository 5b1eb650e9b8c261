import type { CodeCell, Notebook } from "../kernel/notebook-file";

/** The text that tells the reader of a page that the outputs of a cell are not from this run. */
const MARK = "Not run here, for lack of data: these outputs came with the notebook.\n";

/**
 * Completes an executed notebook that has left something out. Each cell that could not produce its figures, tables
 * and texts gets back the outputs that the notebook came with, and a line that says so.
 *
 * @param executed - the notebook after the run
 * @param committed - the notebook before the run
 */
export function withCommittedOutputs(executed: Notebook, committed: Notebook): Notebook {
  const cells = executed.cells.map((cell, i) => {
    const before = committed.cells[i];
    if (cell.cell_type !== "code" || before?.cell_type !== "code") return cell;
    if (isWhole(cell, before)) return cell;
    const mark = { output_type: "stream" as const, name: "stdout" as const, text: MARK };
    return { ...cell, outputs: [mark, ...before.outputs] };
  });
  return { ...executed, cells };
}

/**
 * Returns whether a cell produced at least as many displays as it came with, and printed text if it came with printed
 * text.
 */
function isWhole(cell: CodeCell, before: CodeCell): boolean {
  const displays = ({ outputs }: CodeCell): number =>
    outputs.filter(({ output_type }) => output_type !== "stream").length;
  return displays(cell) >= displays(before) && (cell.outputs.length > 0 || before.outputs.length === 0);
}
