import type { CodeCell, Notebook } from "../kernel/notebook-file";

/** How a cell's page says that its outputs are not of this run. */
const MARK = "Not run here, for lack of data: these outputs came with the notebook.\n";

/**
 * An executed notebook that has left something out, with the outputs that it came with wherever a cell could not make its
 * figures, tables and texts, and a line that says so.
 *
 * @param executed - after the run
 * @param committed - before it
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

/** Whether a cell gave as many displays as it came with, and printed if it had printed. */
function isWhole(cell: CodeCell, before: CodeCell): boolean {
  const displays = ({ outputs }: CodeCell): number =>
    outputs.filter(({ output_type }) => output_type !== "stream").length;
  return displays(cell) >= displays(before) && (cell.outputs.length > 0 || before.outputs.length === 0);
}
