import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkNotebook, formatNotebook, readNotebook } from "../../src/kernel/notebook-file";
import { notebookOf } from "./sample-notebook";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "idrs-test-"))));
afterAll(() => rm(folder, { recursive: true }));

it("a notebook keeps every character of its text, whatever ends a line", () => {
  const source = "const a = 1;\r\nconst b = 2;\rdone\u2028or\u2029not\n\n10%\r50%\rlast\r";
  const { cells } = notebookOf(source);
  const kept = JSON.parse(formatNotebook(notebookOf(source))) as { cells: { source: string[] }[] };
  expect(kept.cells.map((cell) => cell.source.join(""))).toEqual(cells.map((cell) => cell.source));
});

describe("a file that is not a notebook is refused in one line", () => {
  it("when it is missing", async () => {
    const path = join(folder, "missing.ipynb");
    await expect(readNotebook(path)).rejects.toThrow(new Error(`no such notebook: ${path}`));
    await expect(readNotebook(folder)).rejects.toThrow(
      `${folder}: cannot be read: is a folder, expected a file`,
    );
  });

  it("when it is not JSON", async () => {
    const path = join(folder, "cut-off.ipynb");
    await writeFile(path, JSON.stringify(notebookOf("1")).slice(0, -5));
    await expect(readNotebook(path)).rejects.toThrow(
      /^.*cut-off\.ipynb is not a notebook: invalid JSON \(.*\)$/,
    );
  });

  const sound = notebookOf("1");
  it.each<[string, unknown, string]>([
    ["null", null, "it is not a JSON object"],
    ["a list", [], "it is not a JSON object"],
    ["format 3", { ...sound, nbformat: 3 }, "nbformat is 3, expected 4"],
    ["no format", { cells: [] }, "nbformat is missing, expected 4"],
    ["no metadata", { ...sound, metadata: undefined }, "metadata is missing"],
    ["no cells", { ...sound, cells: {} }, "cells is not a list"],
    [
      "Python",
      { ...sound, metadata: { kernelspec: { name: "python3", language: "python" } } },
      'its language is "python"',
    ],
    ["no language", { ...sound, metadata: {} }, 'its language is missing, expected "typescript"'],
    ["a null cell", { ...sound, cells: [null] }, "cell 1 of 1 is not an object"],
    [
      "an unknown cell",
      { ...sound, cells: [{ cell_type: "heading" }] },
      'cell 1 of 1 has cell_type "heading"',
    ],
    [
      "a cell without source",
      { ...sound, cells: [{ cell_type: "raw", source: [1] }] },
      "cell 1 of 1 has no source",
    ],
    [
      "a code cell without outputs",
      { ...sound, cells: [{ cell_type: "code", source: "", metadata: {} }] },
      "cell 1 of 1 has no list of outputs",
    ],
  ])("for %s", (_, value, reason) => {
    expect(() => checkNotebook(value, "x.ipynb")).toThrow(
      `x.ipynb is not a notebook that can be run: ${reason}`,
    );
  });
});

it("a notebook for TypeScript is accepted by language or by kernel", () => {
  const cells = notebookOf("1").cells;
  for (const metadata of [{ language_info: { name: "typescript" } }, { kernelspec: { name: "tslab" } }]) {
    const notebook = { nbformat: 4, nbformat_minor: 2, metadata, cells };
    expect(checkNotebook(notebook, "x")).toBe(notebook);
  }
});
