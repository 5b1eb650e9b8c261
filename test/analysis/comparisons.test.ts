import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootstrap } from "../../src/analysis/bootstrap";
import { certifiedAccuracy, certifiedAccuracyBand } from "../../src/analysis/certified-accuracy";
import { classAccuracies, classDeviation } from "../../src/analysis/class-accuracy";
import { compareRecords, QUANTITIES } from "../../src/analysis/compare-records";
import { withRadii } from "../../src/analysis/with-radii";
import { clampedRadius, CLAMPS } from "../../src/certificates/clamped-radius";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { cohenRadius } from "../../src/certificates/cohen";
import { radiusLimits } from "../../src/analysis/waterfall";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";
import { certifiedAccuracyFigure } from "../../src/figures/certified-accuracy-figure";
import { classAccuracyFigure } from "../../src/figures/class-accuracy-figure";
import { differencesFigure } from "../../src/figures/differences-figure";
import { waterfallFigure } from "../../src/figures/waterfall-figure";

const read = (name: string): Promise<CertificationRecord> =>
  readRecord(join(__dirname, "../../records", name));

describe("class-wise accuracy", () => {
  it("averages to the accuracy, and deviates as its definition says", async () => {
    const { rows } = await read("mnist-0.5-r0.01");
    const classes = classAccuracies(rows);
    expect(classes.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const right = classes.reduce((sum, { inputs, accuracy }) => sum + inputs * accuracy, 0);
    expect(right / rows.length).toBeCloseTo(certifiedAccuracy(rows, 0), 12);
    const mean = classes.reduce((sum, { accuracy }) => sum + accuracy, 0) / 10;
    const variance = classes.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0) / 10;
    expect(classDeviation(rows)).toBeCloseTo(Math.sqrt(variance), 12);
  });

  it("does not change when every input counts twice, and leaves out a class that no input is drawn of", async () => {
    const { rows } = await read("mnist-0.5-r0.01");
    const twice = rows.map(() => 2);
    expect(classDeviation(rows, twice)).toBeCloseTo(classDeviation(rows), 12);
    const without = rows.map(({ label }) => (label === 3 ? 0 : 1));
    const others = rows.filter(({ label }) => label !== 3);
    expect(classDeviation(rows, without)).toBeCloseTo(classDeviation(others), 12);
  });

  it("is compared between records with an interval", async () => {
    const [first, second] = [await read("mnist-0.5-mean"), await read("mnist-0.5-r0.01")];
    const row = compareRecords(first, second).find(({ quantity }) => quantity === QUANTITIES.classDeviation)!;
    expect(row.difference).toBeCloseTo(classDeviation(second.rows) - classDeviation(first.rows), 12);
    expect(row.low).toBeLessThanOrEqual(row.difference);
    expect(row.high).toBeGreaterThanOrEqual(row.difference);
  });
});

it("a bootstrap of a figure that is no mean has the spread of that figure", () => {
  const values = Array.from({ length: 400 }, (_, i) => ((Math.sin(i + 1) * 43758.5453) % 1) + 1);
  // The ratio of two means, whose standard error the delta method gives.
  const [{ value, low, high }] = bootstrap(400, (times) => {
    let [sum, squares] = [0, 0];
    values.forEach((v, i) => ((sum += times[i] * v), (squares += times[i] * v * v)));
    return [squares / sum];
  });
  const mean = values.reduce((sum, v) => sum + v, 0) / 400;
  const error = Math.sqrt(values.reduce((sum, v) => sum + ((v * v - value * v) / mean) ** 2, 0)) / 400;
  expect((high - low) / (2 * 1.96 * error)).toBeGreaterThan(0.88);
  expect((high - low) / (2 * 1.96 * error)).toBeLessThan(1.12);
});

it("the band of certified accuracy holds the share, and narrows with more images", async () => {
  const all = await read("mnist-0.5-mean");
  const some = { rows: all.rows.filter((_, i) => i % 5 === 0) };
  for (const radius of [0, 0.5, 1]) {
    const [small] = certifiedAccuracyBand(some.rows, [radius]);
    const [large] = certifiedAccuracyBand(all.rows, [radius]);
    const share = certifiedAccuracy(some.rows, radius);
    expect(small.low).toBeLessThan(share);
    expect(small.high).toBeGreaterThan(share);
    expect(large.high - large.low).toBeLessThan(small.high - small.low);
  }
});

describe("the limits of the radii", () => {
  it("are one number with constant σ, Cohen's with p_A = α^(1/N), and no radius is beyond them", async () => {
    const record = await read("mnist-0.5-mean");
    const { n, alpha } = record.configuration;
    const { radius: expected } = cohenRadius({ sigma: 0.5178, pA: alpha ** (1 / n) });
    for (const limit of radiusLimits(record)) expect(limit / expected).toBeCloseTo(1, 9);
    for (const name of ["mnist-0.5-mean", "mnist-0.5-r0.01"]) {
      const { rows, ...rest } = await read(name);
      const limits = radiusLimits({ rows, ...rest });
      rows.forEach(({ radius }, i) => expect(radius).toBeLessThanOrEqual(limits[i]));
    }
  });

  it("differ between inputs with σ(x)", async () => {
    expect(new Set(radiusLimits(await read("mnist-0.5-r0.01"))).size).toBeGreaterThan(400);
  });
});

describe("the clamped, one-sided radius of earlier code", () => {
  const setting = { dimension: 784, sigma: 0.5, rate: 0.01, pA: 0.99, clamp: CLAMPS.mnist };

  it("is what ξ_> alone gives where the clamp does not act, and so above the certified one", () => {
    const steep = { ...setting, rate: 0.05, clamp: 0.999999 };
    const { radius, decreasing } = certifiedRadius(steep);
    expect(clampedRadius(steep).radius / decreasing).toBeCloseTo(1, 6);
    expect(clampedRadius(steep).radius).toBeGreaterThan(radius);
  });

  it("is smaller where the clamp acts, never above Cohen's, and 0 at p_A ≤ 1/2", () => {
    expect(clampedRadius({ ...setting, clamp: 0.97 }).radius).toBeLessThan(clampedRadius(setting).radius);
    expect(clampedRadius(setting).radius).toBeLessThan(certifiedRadius(setting).cohen);
    expect(clampedRadius({ ...setting, pA: 0.5 }).radius).toBe(0);
    expect(() => clampedRadius({ ...setting, clamp: 1.1 })).toThrow(/clamp must give a ratio .* got 1.1/);
  });

  it("can be put in the place of a record's radii, for comparison", async () => {
    const record = await read("mnist-0.5-r0.01");
    const other = withRadii(record, ({ sigma, pA }) => clampedRadius({ ...setting, sigma, pA }));
    const abstained = record.rows.findIndex(({ predicted }) => predicted === -1);
    if (abstained >= 0) expect(other.rows[abstained].radius).toBe(0);
    expect(other.rows.map(({ votes }) => votes)).toEqual(record.rows.map(({ votes }) => votes));
  });
});

describe("figures of the experiments", () => {
  it("have titles, axes with units and one color for each record", async () => {
    const records = { constant: await read("mnist-0.5-mean"), "σ(x)": await read("mnist-0.5-r0.01") };
    const comparison = compareRecords(records.constant, records["σ(x)"]);
    const figures = [
      certifiedAccuracyFigure(records, {
        band: true,
        published: { constant: { radius: [0], accuracy: [0.9] } },
      }),
      waterfallFigure(records),
      classAccuracyFigure(records, ["zero"]),
      differencesFigure(
        { "0.01": comparison },
        { title: "t", x: "rate r", quantities: { accuracy: QUANTITIES.accuracy } },
      ),
    ];
    for (const { data, layout } of figures) {
      expect(data.length).toBeGreaterThan(0);
      for (const name of ["title", "xaxis", "yaxis"] as const)
        expect(JSON.stringify(layout[name])).toMatch(/"text":"[^"]/);
    }
    expect(() =>
      differencesFigure({ a: comparison }, { title: "", x: "", quantities: { p: "no such thing" } }),
    ).toThrow(/comparison a has no quantity "no such thing"/);
  });

  it("show the certified accuracy falling to 0 at the waterfall of constant σ", async () => {
    const record = await read("mnist-0.5-mean");
    const [curve, limits] = waterfallFigure({ constant: record }).data as { x: number[]; y: number[] }[];
    const [limit] = radiusLimits(record);
    for (const { x, y } of [curve, limits]) {
      expect(x.at(-1)! / limit).toBeCloseTo(1, 5);
      expect(y.at(-1)).toBe(0);
      expect(x[0] / limit).toBeCloseTo(0.85, 5);
    }
    expect(curve.y.at(-2)).toBeGreaterThan(0);
    expect(curve.y[0]).toBe(certifiedAccuracy(record.rows, curve.x[0]));
    expect(limits.y[0]).toBe(1);
  });

  it("keep a curve of certified accuracy inside its band, to the cliff", async () => {
    const record = await read("mnist-0.5-mean");
    type Trace = { x: number[]; y: number[] };
    const [low, high, curve] = certifiedAccuracyFigure({ constant: record }, { band: true }).data as Trace[];
    expect(low.x.slice(0, -1)).toEqual(curve.x.slice(0, -1));
    curve.y.slice(0, -1).forEach((share, i) => {
      if (curve.x[i] === curve.x[i - 1]) return; // the foot of a step
      expect(low.y[i]).toBeLessThan(share);
      expect(high.y[i]).toBeGreaterThan(share);
    });
    expect(low.y.at(-1)).toBe(0);
  });

  it("have an axis of numbers where comparisons are named by numbers", async () => {
    const [first, second] = [await read("mnist-0.5-mean"), await read("mnist-0.5-r0.01")];
    const comparison = compareRecords(first, second);
    const options = { title: "t", x: "rate r", quantities: { accuracy: QUANTITIES.accuracy } };
    const [numbers, names] = [
      differencesFigure({ 0.03: comparison, 0.06: comparison }, options),
      differencesFigure({ 0.03: comparison, more: comparison }, options),
    ];
    expect([numbers, names].map(({ layout }) => layout.xaxis?.type)).toEqual(["linear", "category"]);
    expect((numbers.data[0] as { x: number[] }).x).toEqual([0.03, 0.06]);
    expect(JSON.stringify(numbers.layout.yaxis)).toContain("difference of accuracy");
  });
});
