import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { JUPYTER_DISPLAY } from "../../src/notebook/display";
import { show } from "../../src/notebook/show";
import { showTable, tableBundle } from "../../src/notebook/show-table";

describe("a table", () => {
  it("rounds certified radii and p_A down, and other numbers to nearest", () => {
    const row = {
      p_A: 0.98999,
      radius: 1.23456789,
      "certified radius": 0.29999999999999993,
      "Cohen's radius": 0.3,
      "average certified radius": 0.29999999999999993,
      accuracy: 0.66666,
    };
    const cells = (options: object, of: object = row): string[] =>
      tableBundle([of], options)["text/plain"].trim().split("\n").at(-1)!.trim().split(/\s+/);
    expect(cells({})).toEqual(["0.9899", "1.234", "0.2999", "0.3", "0.3", "0.6667"]);
    expect(cells({ decimals: 2 })).toEqual(["0.98", "1.23", "0.29", "0.3", "0.3", "0.67"]);
    expect(cells({}, { radius: 1.99999e-7 })).toEqual(["1.999e−7"]);
    expect(cells({}, { radius: 12345.6789 })).toEqual(["12,345"]);
    expect(cells({}, { radius: Infinity, pA: 1 })).toEqual(["∞", "1"]);
  });

  it("aligns numbers, with the requested digits and equal decimals in a column", () => {
    const rows = [
      { model: "constant σ", radius: 0.31234, n: 500, p: 1e-9 },
      { model: "σ(x)", radius: -0.32, n: 1e6, p: 0 },
    ];
    expect(tableBundle(rows, { caption: "Radii" })["text/plain"]).toBe(
      [
        "Radii",
        "model        radius          n         p",
        "──────────  ───────  ─────────  ────────",
        "constant σ   0.3123        500  1.000e−9",
        "σ(x)        −0.3200  1,000,000         0",
      ].join("\n"),
    );
  });

  it("rounds to the requested digits, and keeps trailing zeros of rounded numbers", () => {
    expect(tableBundle([{ a: 1.20997 }, { a: 3 }])["text/plain"]).toBe("    a\n─────\n1.210\n3.000");
    expect(tableBundle([{ a: 1.5 }, { a: 3 }])["text/plain"]).toBe("  a\n───\n1.5\n3.0");
    expect(tableBundle([{ a: 2 / 3 }], { digits: 2 })["text/plain"]).toBe("   a\n────\n0.67");
  });

  it("has the requested decimals in columns that do not hold integers only", () => {
    const rows = [{ n: 2, d: -2.7e-5 }, { n: 10, d: -0.03 }]; // prettier-ignore
    expect(tableBundle(rows, { decimals: 4 })["text/plain"]).toBe(
      " n        d\n──  ───────\n 2   0.0000\n10  −0.0300",
    );
  });

  it("has no zeros that say nothing, and commas from 10,000 on", () => {
    const rows = [{ sigma: 0.1 + 0.02, n: 9999.5 }, { sigma: 0.5, n: 12_345.25 }]; // prettier-ignore
    expect(tableBundle(rows, { decimals: 4 })["text/plain"]).toBe(
      "sigma          n\n─────  ─────────\n 0.12    9999.50\n 0.50  12,345.25",
    );
  });

  it("sets subscripts of symbols, not of names", () => {
    const html = tableBundle([{ "σ_b": 0.5, sigma_mean: 0.5 }], { caption: "p_A, a_bc" })["text/html"]; // prettier-ignore
    expect(html).toContain(">σ<sub>b</sub></th>");
    expect(html).toContain(">sigma_mean</th>");
    expect(html).toContain("<caption>p<sub>A</sub>, a_bc</caption>");
  });

  it("escapes everything that comes from the data", () => {
    const html = tableBundle([{ "<i>": "<script>alert(1)</script>" }], { caption: "a & <b>" })["text/html"];
    expect(html).toContain('<th style="text-align: left">&lt;i&gt;</th>');
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("<caption>a &amp; &lt;b&gt;</caption>");
    expect(html).not.toMatch(/<script|<i>|<b>/);
  });

  it("shows missing values, infinities and rows with different keys", () => {
    const text = tableBundle([{ a: 1 }, { a: Infinity, b: null }, { a: NaN, b: true }])["text/plain"];
    expect(text.split("\n").map((line) => line.trim())).toEqual(["a  b", "─  ────", "1", "∞", "–  true"]);
  });

  it("counts the rows beyond the first", () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ i }));
    const { "text/html": html, "text/plain": text } = tableBundle(rows, { maxRows: 10 });
    expect(html.match(/<td/g)).toHaveLength(10);
    expect(html).toContain("<p>… and 2 more rows</p>");
    expect(text.endsWith("9\n… and 2 more rows")).toBe(true);
  });

  it("shows a data frame, with its index if that has names", () => {
    const frame = { columns: ["a", "b"], index: [0, 1], values: [[1, "x"], [2, "y"]] }; // prettier-ignore
    expect(tableBundle(frame)["text/plain"]).toBe("a  b\n─  ─\n1  x\n2  y");
    const named = { ...frame, index: ["mean", "std"] };
    expect(tableBundle(named)["text/plain"]).toBe("      a  b\n────  ─  ─\nmean  1  x\nstd   2  y");
  });

  it("may be empty", () => {
    expect(tableBundle([])["text/plain"]).toBe("\n");
  });

  it.each([
    [{ digits: 0 }, "digits must be an integer in [1, 15], got 0"],
    [{ digits: 2.5 }, "digits must be an integer in [1, 15], got 2.5"],
    [{ decimals: -1 }, "decimals must be an integer in [0, 15], got -1"],
    [{ maxRows: 0 }, "maxRows must be a positive integer, got 0"],
  ])("is refused for %o", (options, message) => {
    expect(() => tableBundle([], options)).toThrow(new RangeError(message));
  });

  it("is refused for anything but a data frame or rows", () => {
    expect(() => tableBundle({} as never)).toThrow("a danfojs DataFrame or an array of row objects");
    expect(() => tableBundle([1] as never)).toThrow("row 0 of the table is not an object");
  });
});

it("outside a notebook, the result can be displayed by other kernels", async () => {
  const table = showTable([{ a: 1 }]);
  expect(table?.[JUPYTER_DISPLAY]()).toEqual(tableBundle([{ a: 1 }]));
  const figure = await show({ data: [{ type: "bar", y: [1] }], layout: { title: { text: "one" } } });
  expect(figure?.[JUPYTER_DISPLAY]()).toMatchObject({
    "application/vnd.plotly.v1+json": { data: [{ type: "bar", y: [1] }] },
    "image/png": expect.stringMatching(/^iVBOR/),
    "text/plain": "[Plotly figure: one]",
  });
  expect(JUPYTER_DISPLAY).toBe(Symbol.for("Jupyter.display"));
});

it("in Deno's kernel, figures and tables are displayed at once", async () => {
  const sent: unknown[] = [];
  vi.stubGlobal("Deno", { jupyter: { broadcast: async (...message: unknown[]) => sent.push(message) } });
  try {
    expect(showTable([{ a: 1 }])).toBeUndefined();
    expect(await show({ data: [] })).toBeUndefined();
  } finally {
    vi.unstubAllGlobals();
  }
  expect(sent).toMatchObject([
    ["display_data", { data: tableBundle([{ a: 1 }]), metadata: {}, transient: {} }],
    [
      "display_data",
      { data: { "text/plain": "[Plotly figure]" }, metadata: { "image/png": { alt: "[Plotly figure]" } } },
    ],
  ]);
});

it("importing the package loads neither Plotly, jsdom, resvg, danfojs nor TensorFlow.js", () => {
  const heavy = ["plotly.js-dist", "jsdom", "@resvg", "danfojs-node", "@tensorflow", "zeromq", "markdown-it"];
  const program = `require("idrs"); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const loaded = JSON.parse(
    execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }),
  ) as string[];
  expect(loaded.some((file) => file.includes("dist"))).toBe(true);
  expect(loaded.filter((file) => heavy.some((name) => file.includes(join("node_modules", name))))).toEqual(
    [],
  );
});

it("importing the package adds no listener for signals or the end of the process", () => {
  const program = `
    require("idrs");
    const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "uncaughtException", "exit", "beforeExit"];
    console.log(JSON.stringify(signals.filter((signal) => process.listenerCount(signal) > 0)));`;
  expect(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" })).toBe("[]\n");
});

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends a busy loop after the package is imported",
  async (signal) => {
    const busy = spawn(process.execPath, ["-e", `require("idrs"); console.log("busy"); for (;;) {}`]);
    await once(busy.stdout, "data");
    busy.kill(signal);
    expect(await once(busy, "exit")).toEqual([null, signal]);
  },
);
