import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootstrap, weightedMean, type Interval } from "../../src/analysis/bootstrap";
import { accuracyDifferences, compareRecords, QUANTITIES } from "../../src/analysis/compare-records";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";
import { accuracyDifferenceFigure } from "../../src/figures/accuracy-difference-figure";

const folder = join(__dirname, "../../records");
const constant = (): Promise<CertificationRecord> => readRecord(join(folder, "mnist-0.5-mean"));
const nearest = (): Promise<CertificationRecord> => readRecord(join(folder, "mnist-0.5-r0.01"));

describe("a bootstrap interval", () => {
  const bootstrapMean = (values: number[], ...options: number[]): Interval =>
    bootstrap(values.length, (times) => [weightedMean(values, times)], ...options)[0];

  it("has the width given by the standard error, and contains the mean", () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 3);
    const { value: mean, low, high } = bootstrapMean(values);
    const exact = values.reduce((sum, value) => sum + value, 0) / 400;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - exact) ** 2, 0)) / 400;
    expect(mean).toBeCloseTo(exact, 12);
    expect((mean - low) / (1.96 * error)).toBeCloseTo(1, 0.8);
    expect((high - mean) / (1.96 * error)).toBeCloseTo(1, 0.8);
  });

  it("contains the truth in about 95 % of all cases", () => {
    let held = 0;
    for (let trial = 0; trial < 300; trial++) {
      const values = Array.from(
        { length: 100 },
        (_, i) => ((Math.sin(trial * 100 + i + 1) * 43758.5453) % 1) ** 2,
      );
      const { low, high } = bootstrapMean(values, 300, trial);
      if (low <= 1 / 3 && 1 / 3 <= high) held++;
    }
    expect(held / 300).toBeGreaterThan(0.9);
    expect(held / 300).toBeLessThan(0.985);
  });

  it("is the same for the same seed, and is refused without inputs", () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sqrt(i));
    expect(bootstrapMean(values)).toEqual(bootstrapMean(values));
    expect(bootstrapMean(values, 2000, 2)).not.toEqual(bootstrapMean(values));
    expect(() => bootstrapMean([])).toThrow(new RangeError("a bootstrap interval needs at least one input"));
  });
});

describe("a comparison of two records", () => {
  it("gives the means of both and their paired difference", async () => {
    const [first, second] = [await constant(), await nearest()];
    const rows = Object.fromEntries(compareRecords(first, second).map((row) => [row.quantity, row]));
    const radius = ({ rows }: CertificationRecord): number =>
      rows.reduce((sum, row) => sum + (row.correct ? row.radius : 0), 0) / rows.length;
    const average = rows["average certified radius"];
    expect(average.first).toBeCloseTo(radius(first), 12);
    expect(average.difference).toBeCloseTo(radius(second) - radius(first), 12);
    // σ(x) costs radius beyond doubt here; of accuracy no such thing can be said.
    expect(average.high).toBeLessThan(0);
    expect(rows.accuracy.low).toBeLessThanOrEqual(0);
    expect(rows.accuracy.high).toBeGreaterThanOrEqual(0);
  });

  it("of a record with itself has no difference at all", async () => {
    const record = await constant();
    for (const { quantity, difference, low, high } of compareRecords(record, record)) {
      const isShare = /accuracy|abstained|wrongly|most votes/.test(quantity);
      expect([difference, low, high]).toEqual(isShare ? [0, -high, high] : [0, 0, 0]);
      // That no input of 500 differs does not prove that none of all does: the rule of three gives 0.6 %.
      if (isShare) expect(high).toBeCloseTo(0.0076, 4);
    }
  });

  it("splits the images into right, abstained and wrong", async () => {
    const found = compareRecords(await constant(), await nearest());
    const share = (name: string): number => found.find(({ quantity }) => quantity === name)!.first;
    const { accuracy, abstained, wrong } = QUANTITIES;
    expect(share(wrong)).toBeGreaterThan(0);
    expect(share(accuracy) + share(abstained) + share(wrong)).toBeCloseTo(1, 12);
  });

  it("counts where the label has the most votes, also where the smoothed classifier abstains", async () => {
    const found = compareRecords(await constant(), await nearest());
    const { first } = found.find(({ quantity }) => quantity === QUANTITIES.mostVotes)!;
    const { rows } = await constant();
    const ahead = rows.filter(({ votes, label }) => votes.every((count) => count <= votes[label]));
    expect(first).toBeCloseTo(ahead.length / rows.length, 12);
    expect(first).toBeGreaterThan(rows.filter(({ correct }) => correct === 1).length / rows.length);
  });

  it.each([-1, NaN, Infinity])("is refused at the radius %d", async (radius) => {
    const [first, second] = [await constant(), await nearest()];
    const message = `radius must be a number of at least 0, got ${radius}`;
    expect(() => compareRecords(first, second, [0.5, radius])).toThrow(message);
    expect(() => accuracyDifferences(first, second, [0.5, radius])).toThrow(message);
  });

  it("is refused for other images, naming the first", async () => {
    const [first, second] = [await constant(), await nearest()];
    const other = { ...second, rows: second.rows.filter((_, i) => i !== 3) };
    expect(() => compareRecords(first, other)).toThrow("row 4 is for image 60 and image 80");
    const { configuration } = second;
    const cifar = {
      ...second,
      configuration: { ...configuration, dataset: { ...configuration.dataset, name: "cifar10" } },
    };
    const checksums = { ...configuration.dataset.checksums, "t10k-images-idx3-ubyte": "0".repeat(64) };
    const changed = {
      ...second,
      configuration: { ...configuration, dataset: { ...configuration.dataset, checksums } },
    };
    expect(() => compareRecords(first, changed)).toThrow(
      /t10k-images-idx3-ubyte has checksum [0-9a-f]{64} and 0{64}$/,
    );
    expect(() => compareRecords(first, cifar)).toThrow("got mnist test and cifar10 test");
    const more = { ...configuration.dataset.checksums, more: "1" };
    const larger = {
      ...second,
      configuration: { ...configuration, dataset: { ...configuration.dataset, checksums: more } },
    };
    expect(() => compareRecords(first, larger)).toThrow("more has checksum none and 1");
    const sampledWith = { alpha: 0.2, rate: configuration.variance.rate };
    const stopped = { ...second, configuration: { ...configuration, sampledWith } };
    expect(() => compareRecords(first, stopped)).toThrow(
      "only runs with the same sampledWith.alpha can be compared, got sampledWith.alpha = 0.001 and 0.2",
    );
    expect(() => compareRecords({ ...first, rows: [] }, { ...second, rows: [] })).toThrow(
      "there must be at least one row to compare, got none",
    );
  });

  it("is refused if an image has two labels", async () => {
    const [first, second] = [await constant(), await nearest()];
    const rows = second.rows.map((row) => (row.index === 60 ? { ...row, label: 9 } : row));
    const message = "image 60 has label 7 and label 9";
    expect(() => compareRecords(first, { ...second, rows })).toThrow(message);
    expect(() => accuracyDifferences(first, { ...second, rows }, [0.5])).toThrow(message);
  });
});

describe("a comparison of runs that differ in more than σ(x)", () => {
  it.each([
    ["n", 100_000, /only runs with the same n can be compared, got n = \d+ and 100000$/],
    ["n0", 10, /got n0 = 100 and 10$/],
    ["alpha", 0.01, /got alpha = 0\.001 and 0\.01$/],
    ["bound", "confidence-sequence", /got bound = "clopper-pearson" and "confidence-sequence"$/],
    ["sampling", { name: "decide", parameters: { radius: 1 } }, /got sampling\.name = "fixed" and "decide"$/],
  ])("is refused for another %s", async (key, value, message) => {
    const [first, second] = [await constant(), await nearest()];
    const other = { ...second, configuration: { ...second.configuration, [key]: value } };
    expect(() => compareRecords(first, other)).toThrow(message);
    expect(() => accuracyDifferences(first, other, [0.5])).toThrow(message);
  });
});

describe("the figure of a difference", () => {
  type Trace = { name?: string; x: number[]; y: number[] };

  it("shows what accuracyDifferences computes, at every radius of an image", async () => {
    const [first, second] = [await constant(), await nearest()];
    const [low, high, line] = accuracyDifferenceFigure({ constant: first, "σ(x)": second }).data as Trace[];
    expect([high.name, line.name]).toEqual(["paired 95 % interval", "σ(x) − constant"]);
    for (const at of [0, 60, 300, line.x.length - 1]) {
      // Radii are rounded to six digits in figures.
      const [expected] = accuracyDifferences(first, second, [line.x[at] * (1 - 1e-5)]);
      expect(Math.abs(line.y[at] - expected.difference)).toBeLessThan(0.0041);
      expect(line.y[at]).toBeGreaterThanOrEqual(low.y[at]);
      expect(line.y[at]).toBeLessThanOrEqual(high.y[at]);
    }
  });

  it("shows the whole difference at the cliff of constant σ", async () => {
    const [first, second] = [await constant(), await nearest()];
    const [, , line] = accuracyDifferenceFigure({ constant: first, "σ(x)": second }).data as Trace[];
    const cliff = Math.max(...first.rows.map(({ radius }) => radius));
    const [{ difference }] = accuracyDifferences(first, second, [cliff]);
    expect(Math.min(...line.y)).toBeCloseTo(difference, 5);
    expect(line.y.at(-1)).toBe(0);
  });

  it("refuses any number of records other than two", async () => {
    const first = await constant();
    expect(() => accuracyDifferenceFigure({ first })).toThrow(
      new RangeError("a difference needs two records, got 1"),
    );
  });
});
