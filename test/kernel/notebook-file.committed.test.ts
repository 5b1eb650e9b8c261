import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { notebookSummary, notebookTitle } from "../../src/pages/html-page";
import { checkNotebook, coverPicture, formatNotebook, type CodeCell } from "../../src/kernel/notebook-file";

const folder = join(__dirname, "../../notebooks");

describe.each(readdirSync(folder).filter((name) => name.endsWith(".ipynb")))("%s, as committed", (name) => {
  const text = readFileSync(join(folder, name), "utf8");
  const notebook = checkNotebook(JSON.parse(text), name);
  const cells = notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === "code");

  it("is below 2 MB and as npm run notebooks writes it", () => {
    expect(Buffer.byteLength(text)).toBeLessThan(2e6);
    // Not toBe: the difference of texts of this size takes minutes to print.
    expect(formatNotebook(notebook) === text).toBe(true);
  });

  it("was run as a whole, without errors, and shows no folder of a machine", () => {
    expect(cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, i) => i + 1));
    const kinds = cells.flatMap(({ outputs }) =>
      outputs.map((output) => (output.output_type === "stream" ? output.name : output.output_type)),
    );
    expect(kinds.filter((kind) => kind === "stderr" || kind === "error")).toEqual([]);
    expect(text).not.toMatch(/\/(home|root|tmp|Users)\//);
  });

  it("has every figure in both forms, and a title, a sentence and a picture for the list", () => {
    const bundles = cells.flatMap(({ outputs }) =>
      outputs.flatMap((output) => (output.output_type === "display_data" ? [output.data] : [])),
    );
    const figures = bundles.filter((data) => "application/vnd.plotly.v1+json" in data);
    expect(figures.length).toBeGreaterThan(1);
    for (const figure of figures) expect(figure["image/png"]).toMatch(/^iVBORw0KGgo/);
    expect(notebookTitle(notebook)).toBeTruthy();
    expect(notebookSummary(notebook)).toMatch(/^<em>.*<\/em>$/);
    expect(coverPicture(notebook)).toMatch(/^iVBORw0KGgo/);
  });
});
