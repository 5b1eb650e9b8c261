import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { compareRecords } from "../../src/analysis/compare-records";
import { calculate } from "../../src/calculator/calculate";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { type Cifar10Pair, cifar10Figure, cifar10Result } from "../../src/pages/cifar10-result";
import { frontPage } from "../../src/pages/front-page";

const SRC = join(__dirname, "../../src");

describe("the front page", () => {
  let pairs: Cifar10Pair[];
  beforeAll(async () => {
    pairs = await cifar10Result();
  });

  it("states what the records show: accuracy within chance, radii lower beyond chance at 0.25 and 0.5", () => {
    const verdicts = pairs.map(({ sigmaBase, constant, inputDependent }) => {
      const compared = compareRecords(constant, inputDependent);
      const of = (name: string) => compared.find(({ quantity }) => quantity === name)!;
      const [accuracy, radius] = [of("accuracy"), of("average certified radius")];
      return [sigmaBase, accuracy.low <= 0 && accuracy.high >= 0, radius.difference < 0, radius.high < 0];
    });
    expect(verdicts).toEqual([
      [0.12, true, true, false],
      [0.25, true, true, true],
      [0.5, true, true, true],
    ]);
  });

  it("is one file with figure, calculator and the calculator's bundled program", async () => {
    const { body } = await frontPage();
    expect(body).toMatch(/<div class="figure"><img src="data:image\/png;base64,/);
    expect(body).toContain('id="calculator"');
    expect(body.match(/<\/script>/g)).toHaveLength(2); // of the figure and of the program
    expect(body).not.toMatch(/\bsrc="(?!data:)|@import|\bimport\(|url\(/);
  });

  it("draws each kind of curve in one color, with one line of the legend", () => {
    const { data, layout } = cifar10Figure(pairs);
    expect(data).toHaveLength(9);
    expect(layout.margin?.t).toBe(24 + 22 + 19 + 8); // room for one line of the title and one of the legend
    const legend = data.filter((trace) => (trace as { showlegend?: boolean }).showlegend);
    expect(legend.map(({ name }) => name)).toEqual([
      "constant σ",
      "Cohen et al., ResNet-110",
      "σ(x), r = 0.01",
    ]);
  });
});

it("numerics, probability and certificates do not use Node.js", async () => {
  const entryPoints = ["numerics", "probability", "certificates", "calculator"].flatMap((room) =>
    readdirSync(join(SRC, room)).map((file) => join(SRC, room, file)),
  );
  const { errors, metafile } = await build({
    entryPoints,
    outdir: "unused",
    bundle: true,
    platform: "browser",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  expect(errors).toEqual([]);
  const packages = Object.keys(metafile.inputs).flatMap(
    (file) => /node_modules\/([^/]+)/.exec(file)?.[1] ?? [],
  );
  expect([...new Set(packages)]).toEqual(["jstat"]);
});

describe("the calculator", () => {
  const fields = {
    dimension: "3072",
    sigma: "0.5",
    rate: "0.01",
    from: "pA",
    pA: "0.99",
    votes: "",
    n: "",
    alpha: "",
  } as const;

  it("gives the certified radius, its two sides, the loss and curves that meet 1/2 there", () => {
    const result = calculate(fields);
    const expected = certifiedRadius({ dimension: 3072, sigma: 0.5, rate: 0.01, pA: 0.99 });
    expect(result).toMatchObject(expected);
    expect(result.loss).toBe(1 - expected.radius / expected.cohen);
    const { distances, increasing, decreasing } = result.curves!;
    const crossing = (curve: readonly number[]): number =>
      distances[curve.findIndex((value) => value >= 0.5)];
    const step = distances[1];
    expect(crossing(increasing)).toBeGreaterThan(expected.increasing);
    expect(crossing(increasing)).toBeLessThan(expected.increasing + 1.001 * step);
    expect(crossing(decreasing)).toBeGreaterThan(expected.decreasing);
    expect(crossing(decreasing)).toBeLessThan(expected.decreasing + 1.001 * step);
  });

  it("has curves at the largest rates, and none if there is nothing to see", () => {
    expect(calculate({ ...fields, rate: "1e6" }).curves!.increasing.every(Number.isFinite)).toBe(true);
    expect(calculate({ ...fields, pA: "0.5" })).toMatchObject({
      radius: 0,
      loss: undefined,
      curves: undefined,
    });
    expect(calculate({ ...fields, pA: "1" })).toMatchObject({ radius: Infinity, curves: undefined });
  });

  it("rounds a p_A near 1 down", () => {
    const { pA } = calculate({ ...fields, pA: "0.99999999999999984" });
    expect(pA).toBe(1 - 2 ** -52);
  });

  it.each(["1e-400", "1e400"])("refuses %s, which double precision cannot hold", (rate) => {
    expect(() => calculate({ ...fields, rate })).toThrow(
      `r must be 0 or a number of a size from 2.3e-308 to 1.7e308, got "${rate}"`,
    );
  });
});
