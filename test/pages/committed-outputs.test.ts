import { describe, expect, it } from "vitest";
import type { CellOutput, CodeCell, Notebook } from "../../src/kernel/notebook-file";
import { withCommittedOutputs } from "../../src/pages/committed-outputs";
import { notebookOf } from "../kernel/sample-notebook";

function notebook(...outputs: CellOutput[][]): Notebook {
  const empty = notebookOf(...outputs.map((_, i) => `cell(${i})`));
  return {
    ...empty,
    cells: empty.cells.map((cell, i) =>
      cell.cell_type === "code" ? { ...cell, outputs: outputs[i] } : cell,
    ),
  };
}

const figure: CellOutput = { output_type: "display_data", data: { "image/png": "iVBOR" }, metadata: {} };
const printed = (text: string): CellOutput => ({ output_type: "stream", name: "stdout", text });

describe("a notebook that skipped cells for lack of data", () => {
  const committed = notebook([printed("500 images\n")], [figure, figure], [figure], []);
  const executed = notebook([printed("Left out: CIFAR-10 is not here\n")], [figure], [figure], []);
  const shown = withCommittedOutputs(executed, committed).cells as CodeCell[];

  it("shows its committed outputs where a cell produced fewer, and says so", () => {
    expect(shown[1].outputs).toEqual([expect.objectContaining({ output_type: "stream" }), figure, figure]);
    expect(JSON.stringify(shown[1].outputs[0])).toMatch(/Not run here.*came with the notebook/);
  });

  it("shows new outputs where a cell produced all of them", () => {
    expect(shown[0].outputs).toEqual([printed("Left out: CIFAR-10 is not here\n")]);
    expect(shown[2].outputs).toEqual([figure]);
    expect(shown[3].outputs).toEqual([]);
  });
});
