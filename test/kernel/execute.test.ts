import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeError } from "../../src/kernel/cell-outputs";
import { executeNotebook, type ExecutedNotebook } from "../../src/kernel/execute";
import type { KernelMessage } from "../../src/kernel/channel";
import { startKernel, type Kernel } from "../../src/kernel/kernel";
import { textOf, type CellOutput, type CodeCell } from "../../src/kernel/notebook-file";
import { notebookOf } from "./sample-notebook";

/** Folder from which cells can import the package. */
const NOTEBOOKS = join(__dirname, "../../notebooks");

function codeCells({ notebook }: ExecutedNotebook): CodeCell[] {
  return notebook.cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
}

function bundleOf(output: CellOutput): Record<string, unknown> {
  if (output.output_type !== "display_data") throw new Error(`expected a display, got ${output.output_type}`);
  return output.data;
}

describe("an executed notebook", () => {
  const notebook = notebookOf(
    "md:# A title",
    `console.log("one"); console.log("two"); console.error("warning"); console.log("three");`,
    "",
    `import { display, newDisplay } from "tslab";
     display.html("<b>bold</b>");
     display.png(new Uint8Array([137, 80, 78, 71]));
     const progress = newDisplay();
     progress.text("0 %");`,
    `progress.text("100 %");
     const later: number = await new Promise((resolve) => setTimeout(() => resolve(42), 10));
     later`,
    `import { show, showTable } from "idrs";
     await show({ data: [{ type: "scatter", y: new Float64Array([1, 2]) }], layout: { title: { text: "a<br><b>b</b>" } } });
     showTable([{ name: "<x>", value: 0.5 }]);`,
    `process.cwd()`,
  );
  const before = structuredClone(notebook);
  const numbers: string[] = [];
  let result: ExecutedNotebook;
  let cells: CodeCell[];
  beforeAll(async () => {
    const onCell = (number: number, count: number): void => void numbers.push(`${number}/${count}`);
    result = await executeNotebook(notebook, { cwd: NOTEBOOKS, onCell });
    cells = codeCells(result);
  });

  it("succeeds, and the argument is unchanged", () => {
    expect(result.failure).toBeUndefined();
    expect(notebook).toEqual(before);
  });

  it("has format 4.5: every cell has its own id", () => {
    expect(result.notebook.nbformat_minor).toBe(5);
    const ids = result.notebook.cells.map((cell) => cell.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
  });

  it("has execution counts, and empty cells are skipped", () => {
    expect(cells.map((cell) => cell.execution_count)).toEqual([1, null, 2, 3, 4, 5]);
    expect(numbers).toEqual(["1/6", "3/6", "4/6", "5/6", "6/6"]);
  });

  it("holds printed text, in order and merged by stream", () => {
    expect(cells[0].outputs).toEqual([
      { output_type: "stream", name: "stdout", text: "one\ntwo\n" },
      { output_type: "stream", name: "stderr", text: "warning\n" },
      { output_type: "stream", name: "stdout", text: "three\n" },
    ]);
    expect(cells[3].outputs).toEqual([{ output_type: "stream", name: "stdout", text: "42\n" }]);
  });

  it("holds displays, replaced by updates from later cells", () => {
    expect(cells[2].outputs.map(bundleOf)).toEqual([
      { "text/html": "<b>bold</b>" },
      { "image/png": "iVBORw==" },
      { "text/plain": "100 %" },
    ]);
  });

  it("holds a shown figure once, in three formats, and a table in two", () => {
    const [figure, table] = cells[4].outputs.map(bundleOf);
    expect(cells[4].outputs[0]).toMatchObject({ metadata: { "image/png": { width: 760, height: 440 } } });
    expect(figure).toEqual({
      "application/vnd.plotly.v1+json": {
        data: [{ type: "scatter", y: [1, 2] }],
        layout: { title: { text: "a<br><b>b</b>" }, height: 440 },
      },
      "image/png": expect.stringMatching(/^iVBORw0KGgo/),
      "text/plain": "[Plotly figure: a b]",
    });
    expect(table["text/html"]).toContain("&lt;x&gt;");
    expect(table["text/plain"]).toBe("name  value\n────  ─────\n<x>     0.5");
  });

  it("was run in the requested folder", () => {
    expect(cells[5].outputs).toMatchObject([{ text: `${NOTEBOOKS}\n` }]);
  });
});

it("the end of the kernel ends the run, which keeps earlier outputs", async () => {
  const notebook = notebookOf(`console.log("before")`, `process.exit(3)`, `console.log("after")`);
  const result = await executeNotebook(notebook, { cwd: tmpdir() });
  expect(result.failure).toEqual({
    codeCell: 2,
    name: "DeadKernel",
    message: "the kernel died (exit code 3)",
  });
  const cells = codeCells(result);
  expect(cells[0].outputs).toEqual([{ output_type: "stream", name: "stdout", text: "before\n" }]);
  expect(cells[1].outputs).toMatchObject([{ output_type: "error", ename: "DeadKernel" }]);
  expect(cells[2]).toMatchObject({ outputs: [], execution_count: null });
});

describe("a cell fails", () => {
  let kernel: Kernel;
  beforeAll(async () => void (kernel = await startKernel(NOTEBOOKS)));
  afterAll(() => kernel.close());

  async function errorOf(source: string): Promise<{ error: unknown; messages: KernelMessage[] }> {
    await sleep(250); // For 200 ms after an error tslab refuses cells, which a front end may have sent meanwhile.
    const messages: KernelMessage[] = [];
    const reply = await kernel.execute(source, (message) => messages.push(message));
    return { error: takeError(messages, reply.status === "error"), messages };
  }

  it.each([
    ["by an exception", `JSON.parse("null").x`, "TypeError", "Cannot read properties of null (reading 'x')"],
    ["by one after await", `await 1; throw new RangeError("late")`, "RangeError", "late"],
    ["by one of two lines", `throw new Error("one\\n two")`, "Error", "one\n two"],
    ["by one of its own kind", `throw Object.assign(new Error("x"), { name: "Odd" })`, "Odd", "x"],
    ["by a thrown text", `throw "text"`, "Error", "text"],
    ["by a lost rejection", `void Promise.reject(new Error("x"))`, "UnhandledPromiseRejection", "Error: x"],
    [
      "by an exception in a timer",
      `setTimeout(() => { throw new Error("tick") }, 0); await new Promise((r) => setTimeout(r, 20))`,
      "UncaughtException",
      "Error: tick",
    ],
  ])("%s", async (_, source, ename, evalue) => {
    const { error, messages } = await errorOf(`console.error("a warning");\n${source}`);
    expect(error).toMatchObject({ ename, evalue });
    expect(JSON.stringify(error)).not.toMatch(/node_modules.{1,4}tslab|node:internal/);
    // The error takes the place of its printed form; what the cell itself has printed stays.
    const printed = messages.filter(({ type }) => type === "stream").map(({ content }) => content.text);
    expect(printed).toEqual(["a warning\n"]);
    expect(messages.filter(({ type }) => type === "error")).toHaveLength(1);
  });

  it.each([
    [`let a: string = 1;`, /^1:5 - Type 'number' is not assignable to type 'string'\.$/],
    [`import * as x from "./nothing";`, /Cannot find module '.\/nothing'/],
    [`import { show } from "idrs"; await show({ data: [{ type: "no such type" }] });`, /no such type/],
    [`import { show } from "idrs"; await show([1, 2]);`, /parameter of type 'PlotlyFigure'/],
    [`import { showTable } from "idrs"; showTable(5);`, /not assignable to parameter of type/],
    [`import { showTable } from "idrs"; showTable([{ a: 1 }], { digit: 3 });`, /type 'TableOptions'/],
  ])("by a type error: %s", async (source, message) => {
    const { error, messages } = await errorOf(source);
    expect(error).toMatchObject({ ename: "CompileError", evalue: expect.stringMatching(message) });
    expect(messages.map(({ type }) => type)).toEqual(["error"]);
  });

  it("or succeeds, and none of thousands of lines is lost", async () => {
    const { error, messages } = await errorOf(`for (let i = 0; i < 5000; i++) console.log(i);`);
    expect(error).toBeUndefined();
    const text = messages.map(({ content }) => textOf(content.text as string)).join("");
    expect(text).toBe(Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(""));
  });
});

it("a kernel keeps running when imported files are rewritten", async () => {
  const folder = await mkdtemp(join(tmpdir(), "idrs-"));
  const writePackage = async (name: string, value: number): Promise<void> => {
    const own = join(folder, "node_modules", name);
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "package.json"), JSON.stringify({ name, types: "index.d.ts" }));
    await writeFile(join(own, "index.js"), `exports.value = ${value};`);
    await writeFile(join(own, "index.d.ts"), `export const value: number; // ${value}`);
  };
  await writePackage("one", 1);
  const kernel = await startKernel(folder);
  const run = async (source: string): Promise<string> => {
    const messages: KernelMessage[] = [];
    await kernel.execute(source, (message) => messages.push(message));
    return messages.map(({ content }) => content.text).join("");
  };
  try {
    await run(`import { value } from "one";`);
    const waiting = run(`await new Promise((next) => setTimeout(next, 1500));`);
    await sleep(500);
    await writePackage("two", 2);
    await writePackage("one", 11);
    expect(await waiting).toBe("");
    expect(await run(`import { value as other } from "two";\nconsole.log(value, other);`)).toBe("1 2\n");
  } finally {
    await kernel.close();
    await rm(folder, { recursive: true });
  }
});

it.skipIf(process.platform === "win32")("a run does not wait for what a cell has started", async () => {
  const started = `import { spawn } from "node:child_process";
    spawn("sleep", ["60"], { stdio: "inherit", detached: true }).unref(); process.pid`;
  const began = performance.now();
  const { failure } = await executeNotebook(notebookOf(started), { cwd: NOTEBOOKS });
  expect(failure).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(50_000);
});

it("an aborted run ends at once, in the middle of a cell", async () => {
  const abort = new AbortController();
  const notebook = notebookOf(`for (;;) {}`);
  const run = executeNotebook(notebook, {
    cwd: tmpdir(),
    signal: abort.signal,
    onCell: () => setTimeout(() => abort.abort(new Error("interrupted")), 200),
  });
  await expect(run).rejects.toThrow("interrupted");
});
