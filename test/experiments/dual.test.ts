import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { radiusLimits } from "../../src/analysis/waterfall";
import { functionClassifier } from "../../src/classifiers/function-classifier";
import { certifyDataset, type CertifyDualDatasetOptions } from "../../src/experiments/certify-dataset";
import { mergeRecords } from "../../src/experiments/merge-records";
import { recertify } from "../../src/experiments/recertify";
import {
  type CertificationRecord,
  headText,
  readRecord,
  rowOf,
  tableText,
} from "../../src/experiments/record";
import { termsOf } from "../../src/experiments/run-configuration";
import { disagreement } from "../../src/noise/disagreement";
import { normalQuantile } from "../../src/probability/normal";
import { gainPlan } from "../../src/sampling/sampling-plan";
import { certificateOf } from "../../src/smoothing/certify";
import type { DualSmoothing } from "../../src/smoothing/dual";
import { halfSpaceClassifier } from "../smoothing/linear-classifier";
import { newFolder, rowsOf, stripes } from "./stripes";

let folder: string;
const beside = (name: string): string => join(dirname(folder), name);
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(dirname(folder), { recursive: true }));

const dual: DualSmoothing = {
  selector: { classifier: halfSpaceClassifier(4, 0.3), sigma: 0.25 },
  experts: [
    { classifier: halfSpaceClassifier(4, 0.45), sigma: 0.2 },
    { classifier: halfSpaceClassifier(4, 0.55), sigma: 0.5 },
  ],
};

function certifyDual(
  to: string | undefined,
  change: Partial<CertifyDualDatasetOptions> = {},
): Promise<CertificationRecord> {
  const options = {
    dual,
    dataset: stripes,
    every: 2,
    n0: 10,
    n: 300,
    alpha: 0.01,
    seed: 3,
    command: "a test",
  };
  return certifyDataset({ ...options, folder: to, ...change });
}

describe("the record of a dual run", () => {
  it("holds the votes of both stages, reads back unchanged, and names what was smoothed", async () => {
    const { configuration, rows } = await certifyDual(folder);
    const read = await readRecord(folder);
    expect(read.configuration).toEqual(configuration);
    expect(read.rows).toEqual(rows);
    expect(configuration).toMatchObject({
      format: 2,
      model: { name: "dual" },
      classCount: 2,
      tau: disagreement(4, 2 * 310),
      variance: { name: "locally constant", isConstant: false, rate: 0 },
      dual: {
        selector: { model: { name: "half-space", threshold: "0.3" }, sigma: 0.25 },
        experts: [{ sigma: 0.2 }, { model: { threshold: "0.55" }, sigma: 0.5 }],
      },
    });
    const chosen = new Set(rows.map(({ selector }) => selector!.candidate));
    expect([...chosen].sort()).toEqual([0, 1]);
    for (const { sigma, selector, radius, predicted } of rows) {
      expect(sigma).toBe(dual.experts[selector!.candidate].sigma);
      expect(radius).toBeLessThanOrEqual(selector!.radius);
      if (selector!.predicted === -1) expect(predicted).toBe(-1);
    }
    expect(rows.some(({ selector, radius }) => radius > 0 && selector!.radius === radius)).toBe(true);
    expect(rows.some(({ selector, radius }) => radius > 0 && selector!.radius > radius)).toBe(true);
  });

  it("keeps the columns of an ordinary record first", async () => {
    await certifyDual(folder);
    const [header] = (await readFile(join(folder, "rows.csv"), "utf8")).split("\n");
    expect(header).toBe(
      "index,label,sigma,predicted,candidate,n0,n,selectionVotes,votes,pA,radius,correct,seconds," +
        "selector.sigma,selector.predicted,selector.candidate,selector.n0,selector.n,selector.selectionVotes," +
        "selector.votes,selector.pA,selector.radius",
    );
  });

  it("gives the largest radius that n samples can certify", async () => {
    const record = await certifyDual(undefined);
    const limit = normalQuantile(0.005 ** (1 / 300));
    record.rows.forEach(({ sigma, radius }, i) => {
      expect(radiusLimits(record)[i]).toBeCloseTo(Math.min(0.25, sigma) * limit, 6);
      expect(radius).toBeLessThanOrEqual(radiusLimits(record)[i]);
    });
  });

  it("refuses a data set that does not fit the experts' classes", async () => {
    const experts = [0, 1].map((c) => ({
      classifier: functionClassifier({ name: "three", dimension: 4, classCount: 3, classOf: () => c }),
      sigma: 0.5,
    }));
    await expect(certifyDual(folder, { dual: { ...dual, experts } })).rejects.toThrow(
      "the base classifier has 3 classes, but stripes has 2",
    );
    expect(existsSync(folder)).toBe(false);
  });
});

describe("an interrupted dual run", () => {
  it("is resumed, even after an incomplete row, and ends with the record of an uninterrupted one", async () => {
    await certifyDual(beside("whole"));
    await certifyDual(folder);
    const path = join(folder, "rows.csv");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.slice(0, text.length / 2));
    await certifyDual(folder);
    expect(await rowsOf(folder)).toEqual(await rowsOf(beside("whole")));
  });

  it("is resumed by the same selector, experts and σ only", async () => {
    await certifyDual(folder);
    const path = join(folder, "rows.csv");
    const cut = (await readFile(path, "utf8")).split("\n").slice(0, 4).join("\n") + "\n";
    await writeFile(path, cut);
    const [first, second] = dual.experts;
    const named = (at: number) => ({ ...halfSpaceClassifier(4, at), identity: first.classifier.identity });
    for (const [change, message] of [
      [
        { selector: { ...dual.selector, sigma: 0.26 } },
        /dual\.selector\.sigma is 0\.25 there and 0\.26 here/,
      ],
      [{ experts: [second, first] }, /dual\.experts\.0\.model\.threshold is "0\.45" there and "0\.55" here/],
      [
        { experts: [{ ...first, classifier: named(0.9) }, second] },
        /base classifier is a different function/,
      ],
    ] as const) {
      await expect(certifyDual(folder, { dual: { ...dual, ...change } })).rejects.toThrow(message);
    }
    expect(await readFile(path, "utf8")).toBe(cut);
  });

  it("is resumed after a kill", async () => {
    const program = `
      const { functionClassifier, smoothDual } = require(${JSON.stringify(join(__dirname, "../.."))});
      const slow = { name: "slow", dimension: 4, classCount: 2, classOf: (x) => { for (const end = performance.now() + 0.05; performance.now() < end;); return x[0] > 0.5 ? 1 : 0; } };
      const at = (sigma) => ({ classifier: functionClassifier(slow), sigma });
      const stripes = ${JSON.stringify({ ...stripes, pixels: [...stripes.pixels], labels: [...stripes.labels] })};
      const dataset = { ...stripes, pixels: Uint8Array.from(stripes.pixels), labels: Uint8Array.from(stripes.labels) };
      smoothDual({ selector: at(0.3), experts: [at(0.2), at(0.5)] })
        .certifyDataset(dataset, { n0: 10, n: 300, seed: 3, folder: process.argv[1] })
        .then(() => console.log("done"));`;
    const run = (to: string) => spawn(process.execPath, ["-e", program, to], { stdio: "ignore" });
    const ended = (child: ReturnType<typeof run>) => new Promise((resolve) => child.once("exit", resolve));
    const killed = run(folder);
    const end = ended(killed);
    const rows = join(folder, "rows.csv");
    while (
      killed.exitCode === null &&
      (!existsSync(rows) || (await readFile(rows, "utf8")).split("\n").length < 5)
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    killed.kill("SIGKILL");
    await end;
    const there = (await readFile(rows, "utf8")).split("\n").length;
    expect(there).toBeLessThan(26);
    expect(await ended(run(folder))).toBe(0);
    expect(await ended(run(beside("whole")))).toBe(0);
    expect(await rowsOf(folder)).toEqual(await rowsOf(beside("whole")));
    expect(await rowsOf(folder)).toHaveLength(25);
  }, 60_000);
});

describe("a dual record", () => {
  it("is joined from shards", async () => {
    await certifyDual(beside("whole"));
    for (const index of [1, 2, 3]) await certifyDual(beside(`part${index}`), { shard: { index, count: 3 } });
    await mergeRecords(
      [3, 1, 2].map((i) => beside(`part${i}`)),
      folder,
    );
    expect(await rowsOf(folder)).toEqual(await rowsOf(beside("whole")));
    await rm(beside("part2"), { recursive: true });
    const other = { ...dual, selector: { ...dual.selector, sigma: 0.3 } };
    await certifyDual(beside("part2"), { shard: { index: 2, count: 3 }, dual: other });
    await expect(
      mergeRecords(
        [1, 2, 3].map((i) => beside(`part${i}`)),
        beside("x"),
      ),
    ).rejects.toThrow(/part2 belongs to a different run: σ\(x\) is a different function, as its values show/);
  });

  it("with another α or bound equals the record that sampling with it would have given", async () => {
    await certifyDual(folder);
    for (const change of [
      { alpha: 0.1 },
      { bound: "all-classes" as const },
      { bound: "confidence-sequence" as const },
    ]) {
      const [renewed, sampled] = ["renewed", "sampled"].map(beside);
      await recertify(folder, change, renewed, "again");
      await certifyDual(sampled, change);
      expect(await rowsOf(renewed)).toEqual(await rowsOf(sampled));
      expect((await readRecord(renewed)).configuration).toEqual((await readRecord(sampled)).configuration);
      await rm(renewed, { recursive: true });
      await rm(sampled, { recursive: true });
    }
    await expect(recertify(folder, { rate: 0.1 }, beside("x"))).rejects.toThrow(
      /rate must not be given for .*: its σ\(x\) is locally constant/,
    );
  });

  it("with an α between those of the stages, certifies images that abstained", async () => {
    await certifyDual(folder, { alpha: 1e-6 });
    const { rows } = await recertify(folder, { alpha: 0.2 }, beside("renewed"));
    const before = (await readRecord(folder)).rows;
    const abstained = (all: typeof rows): number => all.filter(({ predicted }) => predicted === -1).length;
    expect(abstained(rows)).toBeLessThan(abstained(before));
  });

  it("whose number of samples was chosen while sampling can be read", async () => {
    const { rows } = await certifyDual(folder, { plan: gainPlan(0.2), n: 5000 });
    expect((await readRecord(folder)).rows).toEqual(rows);
    expect(new Set(rows.map(({ selector }) => selector!.n)).size).toBeGreaterThan(1);
  });

  it.each([
    ["selector.radius", (cell: string) => String(Number(cell) * 1.01 + 0.01), /selector\.radius must be /],
    ["selector.pA", () => "0.999999", /selector\.pA must be /],
    ["radius", (cell: string) => String(Number(cell) + 0.1), /line 2: radius must be /],
    ["selector.candidate", (cell: string) => String(1 - Number(cell)), /selector\.candidate must be /],
    ["selector.candidate", () => "2", /selector\.candidate must be an integer from 0 to 1, got 2/],
    ["selector.votes", () => "0:299", /selector\.votes must add up to n = 300, got 299/],
    [
      "selector.votes",
      () => "7:300",
      /selector\.votes must be class:count for classes below 2 .*, got "7:300"/,
    ],
    ["sigma", () => "0.7", /line 2: sigma must be 0\.2, as the chosen expert's is, got 0\.7/],
    ["selector.sigma", () => "0.2", /selector\.sigma must be 0\.25, because it is constant, got 0\.2/],
  ])("whose votes do not prove it is refused: %s", async (column, change, message) => {
    await certifyDual(folder);
    const path = join(folder, "rows.csv");
    const [header, row, ...rest] = (await readFile(path, "utf8")).split("\n");
    const [columns, cells] = [header.split(","), row.split(",")];
    const place = columns.indexOf(column);
    cells[place] = change(cells[place]);
    // A smaller σ of the selector would prove less, not more: its radius is changed with it.
    if (column === "selector.sigma") {
      const at = columns.indexOf("selector.radius");
      cells[at] = String((Number(cells[at]) * 0.2) / 0.25);
    }
    if (column === "sigma" || column === "selector.sigma")
      cells[columns.indexOf("radius")] = radiusOf(columns, cells);
    await writeFile(path, [header, cells.join(","), ...rest].join("\n"));
    await expect(readRecord(folder)).rejects.toThrow(message);
  });

  it("whose σ are not those that the run began with is refused", async () => {
    const { configuration, rows } = await certifyDual(folder);
    const twice = <T extends { readonly sigma: number }>(one: T): T => ({ ...one, sigma: 2 * one.sigma });
    const { selector, experts } = configuration.dual!;
    const changed = {
      ...configuration,
      dual: { selector: twice(selector), experts: experts.map(twice) },
    };
    const claims = rows.map((row) => {
      const ballot = { ...twice(row), selector: twice(row.selector!) };
      return rowOf(certificateOf(ballot, termsOf(changed)), row);
    });
    await writeFile(join(folder, "configuration.json"), headText({ configuration: changed }));
    await writeFile(join(folder, "rows.csv"), tableText({ configuration: changed, rows: claims }));
    await expect(readRecord(folder)).rejects.toThrow(
      /rows\.csv: the values of σ\(x\) are not those that the run began with/,
    );
  });

  it.each([
    [{ selector: { model: {}, sigma: -1 } }, /dual\.selector\.sigma must be a positive number, got -1/],
    [{ experts: [] }, /dual\.experts must be at least one expert, got \[\]/],
    [{ experts: 3 }, /dual\.experts must be a list, got 3/],
    [{ more: 1 }, /dual\.more is unknown/],
  ])("whose configuration cannot be is refused: %j", async (change, message) => {
    await certifyDual(folder);
    const path = join(folder, "configuration.json");
    const content = JSON.parse(await readFile(path, "utf8"));
    Object.assign(content.configuration.dual, change);
    await writeFile(path, JSON.stringify(content));
    await expect(readRecord(folder)).rejects.toThrow(message);
  });
});

/** The radius that the cells of a row prove: the smaller of both stages. */
function radiusOf(columns: readonly string[], cells: readonly string[]): string {
  const cell = (column: string): number => Number(cells[columns.indexOf(column)]);
  const expert = cell("sigma") * normalQuantile(cell("pA")) * (1 - 1e-10);
  return String(Math.min(cell("selector.radius"), expert).toPrecision(12));
}
