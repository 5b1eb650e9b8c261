import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executeNotebook } from "../../src/kernel/execute";
import { textOf } from "../../src/kernel/notebook-file";
import { notebookOf } from "../kernel/sample-notebook";

const project = join(__dirname, "..", "..");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Certifies twelve points of a line, whose sign is their class. */
const run = (name: string, more: string = ""): string => `
  import { batchClassifier, constant, smooth } from "idrs";
  const dataset = {
    name: "line", split: "test" as const, channels: 1, height: 1, width: 1, dimension: 1, count: 12,
    pixels: Uint8Array.from({ length: 12 }, (_, i) => 23 * i), labels: new Uint8Array(12).fill(1),
    classNames: ["low", "high"], checksums: {},
  };
  const classifier = batchClassifier({
    name: "threshold", dimension: 1, classCount: 2, classesOf: async (batch) => Array.from(batch, (x) => (x > 0.5 ? 1 : 0)),
  });
  const ${name} = await smooth(classifier, constant(0.1)).certifyDataset(dataset, {
    n0: 10, n: 1000, alpha: 0.01, seed: 1,
    folder: ${JSON.stringify(join(folder, name))}, command: "a cell", ${more}
  });`;

describe("certifying a data set in a cell", () => {
  it("displays its progress, with the same final display in every run, and writes the record", async () => {
    const { notebook, failure } = await executeNotebook(notebookOf(run("one"), run("two")), { cwd: project });
    expect(failure).toBeUndefined();
    for (const cell of notebook.cells) {
      if (cell.cell_type !== "code") throw new Error("expected code cells");
      expect(cell.outputs).toHaveLength(1);
      const [output] = cell.outputs;
      if (output.output_type !== "display_data") throw new Error("expected a display");
      expect(textOf(output.data["text/plain"] as string)).toBe(
        "Certifying line: 12 of 12, certified accuracy 0.500",
      );
    }
    const rows = await readFile(join(folder, "one", "rows.csv"), "utf8");
    expect(rows.trim().split("\n")).toHaveLength(13);
  });

  it("also ends if its shard holds no image", async () => {
    const empty = notebookOf(run("empty", "shard: { index: 13, count: 13 },"));
    const { failure } = await executeNotebook(empty, { cwd: project });
    expect(failure).toBeUndefined();
    const rows = await readFile(join(folder, "empty", "rows.csv"), "utf8");
    expect(rows.trim().split("\n")).toHaveLength(1);
  });
});
