import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputsOf } from "../../src/kernel/cell-outputs";
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

const INTERRUPTED = "Interrupted: the cell was ended, the kernel keeps its variables";

/** The lines that a cell has written to its error stream. */
function errorLines(messages: KernelMessage[]): string[] {
  const printed = messages.filter(({ content }) => content.name === "stderr");
  return printed
    .map(({ content }) => content.text)
    .join("")
    .trimEnd()
    .split("\n");
}

describe("a reader who types in a cell", () => {
  it.each([
    [`import { certi`, ["certifiedRadius", "certifiedAccuracy"]],
    [`import { comp`, ["compareRecords"]],
    [`import * as idrs from "idrs";\nidrs.certifiedRadius({ dim`, ["dimension"]],
    [
      `import { certifiedRadius } from "idrs";\ncertifiedRadius({ dimension: 784, sigma: 0.5, `,
      ["rate", "pA"],
    ],
    // Inside parentheses, before there are braces: what may be in them, and the whole as it must be at least.
    [
      `import { certifiedRadius } from "idrs";\ncertifiedRadius(`,
      ["dimension", "rate", "pA", "{ dimension, sigma, rate }"],
    ],
    [`import { certifiedRadius } from "idrs";\ncertifiedRadius(dim`, ["dimension"]],
    [`import { smooth } from "idrs";\nawait smooth(a, b).certify(c, `, ["n0", "n", "alpha", "seed"]],
    [`import { showTable } from "idrs";\nshowTable(\n  [],\n  `, ["caption", "digits"]],
  ])("is offered what completes %j", async (start, names) => {
    const source = start.startsWith("import {") && !start.includes("from") ? `${start} } from "idrs"` : start;
    const cursor = start.length;
    const { matches } = await kernel.request("complete_request", { code: source, cursor_pos: cursor });
    expect(matches).toEqual(expect.arrayContaining(names));
  });

  it("is offered it at the right place after characters of two UTF-16 units", async () => {
    const code = `"😀😀"; Math.flo`;
    const cursor_pos = Array.from(code).length;
    const reply = await kernel.request("complete_request", { code, cursor_pos });
    expect(reply).toMatchObject({ cursor_start: cursor_pos - 3, cursor_end: cursor_pos });
    expect(reply.matches).toContain("floor");
  });

  it.each([
    ["certifiedRadius", /radius[^]*semi-elastic/i],
    ["loadOnnxClassifier", /ONNX/],
    ["userFunction", /claimed rate and error/],
    ["compareRecords", /paired 95 % interval/],
    ["showProgress", /progress of a long cell/],
  ])("is told by inspection what %s does", async (name, text) => {
    const code = `import { ${name} } from "idrs";\n${name}`;
    const reply = await kernel.request("inspect_request", { code, cursor_pos: code.length, detail_level: 0 });
    expect(reply.found).toBe(true);
    const shown = String((reply.data as Record<string, unknown>)["text/plain"]);
    expect(shown).toContain(name);
    expect(shown).toMatch(text);
  });
});

describe("a reader who asks inside the parentheses of a call", () => {
  it.each([
    [`certifiedRadius(|)`, "certifiedRadius"],
    [`certifiedRadius(|`, "certifiedRadius"],
    [`certifiedRadius({ | })`, "certifiedRadius"],
    [`const r = certifiedRadius({\n  dimension: 784,\n  |\n});\nconsole.log(r);`, "certifiedRadius"],
    [`console.log(certifiedRadius({ dimension: |, rate: 1 }))`, "certifiedRadius"],
    [`console.log(certifiedRadius({ rate: 1 }), |)`, "log"],
  ])("is told by %j of %s", async (marked, name) => {
    const cursor_pos = marked.indexOf("|");
    await run(`import { certifiedRadius } from "idrs";`);
    const reply = await kernel.request("inspect_request", {
      code: marked.replace("|", ""),
      cursor_pos,
      detail_level: 0,
    });
    const text = String((reply.data as Record<string, unknown>)["text/plain"]);
    expect(text).toContain(`${name}(`);
    if (name !== "certifiedRadius") return;
    expect(text).toMatch(/Fields of options:\n[^]*^ {2}dimension: number {2}\S/m);
    expect(text).toMatch(/^ {2}pB\?: number {2}\S/m);
  });

  it.each(["certifiedRadius()|", "|certifiedRadius()", "1 + |", "(|)", "f(() => { | })"])(
    "gets no help for a call at %j",
    async (marked) => {
      const reply = await kernel.request("inspect_request", {
        code: marked.replace("|", ""),
        cursor_pos: marked.indexOf("|"),
        detail_level: 0,
      });
      expect(JSON.stringify(reply.data)).not.toContain("Fields of");
    },
  );
});

describe("a long cell", () => {
  const work = `
    import { showProgress } from "idrs";
    const progress = showProgress("Counting <all>");
    for (let i = 0; i <= 1000; i++) {
      progress.update(i, 1000, i < 1000 ? \`\${i % 7} sheep\` : "");
      if (i % 500 === 0) await new Promise((next) => setTimeout(next, 300));
    }
    progress.finish("no sheep");`;

  it("shows its progress about four times a second, and its final display has no times", async () => {
    const messages = await run(work);
    const texts = messages.map(({ content }) => (content.data as Record<string, string>)["text/plain"]);
    expect(texts[0]).toBe("Counting <all>: starting");
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.length).toBeLessThan(12);
    expect(texts.slice(1, -2).join()).toMatch(/of 1000, \d sheep/);
    expect(texts.join()).toMatch(/about \d+ s left/);
    expect(outputsOf([messages])).toEqual([
      [
        {
          output_type: "display_data",
          metadata: {},
          data: {
            "text/html": "<p>Counting &lt;all&gt;: 1000 of 1000, no sheep</p>",
            "text/plain": "Counting <all>: 1000 of 1000, no sheep",
          },
        },
      ],
    ]);
  });

  it("is ended by an interrupt, with its work, and the kernel keeps running", async () => {
    await run(`const state = { steps: 0, reason: "" };`);
    const cell = run(`
      import { showProgress } from "idrs";
      const progress = showProgress("For ever");
      const work = (async () => {
        for (;;) { await new Promise((next) => setTimeout(next, 20)); progress.update(++state.steps, 1e6); }
      })();
      work.catch((error) => { state.reason = error.message; });
      await work;`);
    await sleep(3000);
    kernel.interrupt();
    expect(errorLines(await cell)).toEqual([INTERRUPTED]);
    await sleep(500); // For 200 ms after an error tslab refuses cells.
    const later = await run(`
      const before = state.steps;
      await new Promise((next) => setTimeout(next, 200));
      console.log(before > 0, state.steps === before, state.reason);`);
    expect(later.map(({ content }) => content.text).join("")).toBe("true true interrupted\n");
  });

  it("without a pause is ended, too", async () => {
    const cell = run(`for (;;) {}`);
    await sleep(2500);
    kernel.interrupt();
    expect(errorLines(await cell)).toEqual([INTERRUPTED]);
    await sleep(500);
    expect((await run(`1 + 1`)).map(({ content }) => content.text)).toEqual(["2\n"]);
  });
});
