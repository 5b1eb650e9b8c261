import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KernelMessage } from "../../src/kernel/channel";
import { startKernel, type Kernel } from "../../src/kernel/kernel";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel(join(__dirname, "../../notebooks"));
});
afterAll(() => kernel.close());

async function run(source: string): Promise<KernelMessage[]> {
  const messages: KernelMessage[] = [];
  await kernel.execute(source, (message) => messages.push(message));
  return messages;
}

/** The texts of what a cell displays as a table. */
async function tableOf(source: string): Promise<string> {
  const messages = await run(source);
  expect(messages.map(({ type }) => type)).toEqual(["display_data"]);
  const data = messages[0].content.data as Record<string, string>;
  expect(data["text/html"]).toContain("<table>");
  return data["text/plain"];
}

it("a data frame, or one of its columns, shows as a table", async () => {
  await run(`
    import { DataFrame } from "danfojs-node";
    const frame = new DataFrame([{ model: "constant", radius: 0.5 }, { model: "σ(x)", radius: 0.625 }]);`);
  expect(await tableOf(`frame`)).toBe(
    "model     radius\n────────  ──────\nconstant   0.500\nσ(x)       0.625",
  );
  expect(await tableOf(`frame.radius`)).toMatch(/^radius\n─+\n *0.500\n *0.625$/);
  expect(await tableOf(`frame.describe()`)).toMatch(/mean +0.5625/);
});

it("a record shows as a table of its first images, with a description of the run", async () => {
  const text = await tableOf(`
    import { readRecord } from "idrs";
    await readRecord("../records/mnist-0.5-mean")`);
  const [caption, head, , first, ...others] = text.split("\n");
  expect(caption).toMatch(/^Record of 500 images of .*MNIST.*n = [\d,]+, α = 0.001$/i);
  expect(head.trim().split(/ {2,}/)).toEqual([
    "image",
    "label",
    "answer",
    "correct",
    "σ(x)",
    "p_A",
    "certified radius",
  ]);
  expect(first.trim()).toMatch(/^0 +7 +7 +yes/);
  expect(others.at(-1)).toBe("… and 490 more rows");
});

it("a value with a display method is displayed by it", async () => {
  const messages = await run(`({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>me</b>" }) })`);
  expect(messages).toMatchObject([{ type: "display_data", content: { data: { "text/html": "<b>me</b>" } } }]);
});

it.each([
  ["({ columns: 5 })", "{ columns: 5 }\n"],
  ["[{ a: 1 }]", "[ { a: 1 } ]\n"],
  ["({ rows: [], configuration: {} })", "{ rows: [], configuration: {} }\n"],
  ["'text'", "text\n"],
  ["({ [Symbol.for('Jupyter.display')]() { throw new Error('no'); } })", /Jupyter.display/],
])("%s is printed", async (source, text) => {
  const messages = await run(source);
  expect(messages.map(({ type }) => type)).toEqual(["stream"]);
  expect(messages[0].content.text).toEqual(text instanceof RegExp ? expect.stringMatching(text) : text);
});
