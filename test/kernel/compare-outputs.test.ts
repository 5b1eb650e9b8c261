import { describe, expect, it } from "vitest";
import { differenceOfOutputs } from "../../src/kernel/compare-outputs";
import {
  checkNotebook,
  formatNotebook,
  type CellOutput,
  type CodeCell,
  type Notebook,
} from "../../src/kernel/notebook-file";
import { notebookOf } from "./sample-notebook";

const print = (text: string | string[]): CellOutput => ({ output_type: "stream", name: "stdout", text });
const display = (data: Record<string, unknown>): CellOutput => ({
  output_type: "display_data",
  data,
  metadata: {},
});

function notebookWith(outputs: CellOutput[]): Notebook {
  const notebook = notebookOf("md:# Title", "1", "2");
  Object.assign(notebook.cells[2] as CodeCell, { outputs });
  return notebook;
}

/** How the outputs of a cell differ from others. */
function difference(before: CellOutput, now: CellOutput): string | undefined {
  const found = differenceOfOutputs(notebookWith([before]), notebookWith([now]));
  if (found) expect(found.codeCell).toBe(2);
  return found?.message;
}

describe("outputs agree", () => {
  it.each([
    ["up to one unit of the last digit", "σ = 0.5175, R = −1.30e−9", "σ = 0.5176, R = −1.29e−9"],
    ["up to a ten-thousandth", "12.345678", "12.345999"],
    ["whatever the width of a column is", "a     b\n───  ──\n9.999", "a      b\n────  ───\n10.000"],
  ])("%s", (_, before, now) => {
    expect(difference(print(before), print(now))).toBeUndefined();
  });

  it("when text is split into other lines, pictures differ, and numbers of a figure are rounded", () => {
    expect(difference(print(["one\n", "two"]), print("one\ntwo"))).toBeUndefined();
    const figure = (y: number, pixels: string): CellOutput =>
      display({
        "application/vnd.plotly.v1+json": { data: [{ y: [0, y] }], layout: { images: [{ source: pixels }] } },
        "image/png": pixels,
      });
    expect(difference(figure(1, "data:image/png;base64,a"), figure(1.00001, "data:image/png;base64,b"))).toBe(
      undefined,
    );
  });
});

describe("outputs differ, and the place is named", () => {
  it.each([
    [print("500 images"), print("501 images"), 'output 1.stdout: was "500 images", now "501 images"'],
    [print("p_A = 0.9876"), print("p_A = 0.9879"), 'output 1.stdout: was "p_A = 0.9876", now "p_A = 0.9879"'],
    [
      print("refuted: false"),
      print("refuted: true"),
      'output 1.stdout: was "refuted: false", now "refuted: true"',
    ],
    [print("x"), display({ "text/plain": "x" }), 'output 1.stdout: was "x", now nothing'],
    [
      display({ "application/vnd.plotly.v1+json": { data: [{ y: [1, 2, 3] }] } }),
      display({ "application/vnd.plotly.v1+json": { data: [{ y: [1, 2.001, 3] }] } }),
      "output 1.application/vnd.plotly.v1+json.data[0].y[1]: was 2, now 2.001",
    ],
    [
      display({ "application/vnd.plotly.v1+json": { data: [{ y: [1, 2] }] } }),
      display({ "application/vnd.plotly.v1+json": { data: [{ y: [1, 2, 3] }] } }),
      "output 1.application/vnd.plotly.v1+json.data[0].y: had 2 entries, now 3",
    ],
    [display({ "image/png": "a" }), display({}), 'output 1.image/png: was "picture", now nothing'],
    [
      display({ "text/html": "<b>1.5</b>" }),
      display({ "text/html": "<i>1.5</i>" }),
      'output 1.text/html: was "<b>1.5", now "<i>1.5"',
    ],
  ])("%#", (before, now, message) => {
    expect(difference(before, now)).toBe(message);
  });

  it("also if an output is missing or new", () => {
    const two = notebookWith([print("a"), print("b")]);
    const one = notebookWith([print("a")]);
    expect(differenceOfOutputs(two, one)).toEqual({ codeCell: 2, message: "output 2 is no longer there" });
    expect(differenceOfOutputs(one, two)).toEqual({ codeCell: 2, message: "there are 2 outputs, not 1" });
    expect(differenceOfOutputs(one, one)).toBeUndefined();
  });
});

describe("the text of a notebook file", () => {
  const notebook = notebookWith([
    print("one\ntwo"),
    display({
      "application/vnd.plotly.v1+json": { data: [{ y: [1, null, 0.5], x: ["a"] }] },
      "text/html": "<p>\n</p>",
    }),
  ]);

  it("has text line by line and lists of numbers in one line", () => {
    const text = formatNotebook(notebook);
    expect(text).toContain(`"text": [\n      "one\\n",\n      "two"\n     ]`);
    expect(text).toContain(`"y": [1,null,0.5]`);
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("does not depend on the order of keys, and reads back as the same notebook", () => {
    const turned = Object.fromEntries(Object.entries(notebook).reverse()) as unknown as Notebook;
    expect(formatNotebook(turned)).toBe(formatNotebook(notebook));
    const read = checkNotebook(JSON.parse(formatNotebook(notebook)), "it");
    expect(differenceOfOutputs(notebook, read)).toBeUndefined();
    expect(formatNotebook(read)).toBe(formatNotebook(notebook));
  });
});
