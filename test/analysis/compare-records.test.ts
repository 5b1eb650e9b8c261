import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bootstrapIntervals } from "../../src/analysis/bootstrap-intervals";
import { accuracyDifferences, compareRecords } from "../../src/analysis/compare-records";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";
import { accuracyDifferenceFigure } from "../../src/figures/accuracy-difference-figure";

const folder = join(__dirname, "../../records");
const constant = (): Promise<CertificationRecord> => readRecord(join(folder, "mnist-0.5-mean"));
const nearest = (): Promise<CertificationRecord> => readRecord(join(folder, "mnist-0.5-r0.01"));

describe("a bootstrap interval", () => {
  it("has the width that the standard error says, and the mean inside", () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 3);
    const [{ value: mean, low, high }] = bootstrapIntervals([values]);
    const exact = values.reduce((sum, value) => sum + value, 0) / 400;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - exact) ** 2, 0)) / 400;
    expect(mean).toBeCloseTo(exact, 12);
    expect((mean - low) / (1.96 * error)).toBeCloseTo(1, 0.8);
    expect((high - mean) / (1.96 * error)).toBeCloseTo(1, 0.8);
  });

  it("holds the truth in about 95 % of all cases", () => {
    let held = 0;
    for (let trial = 0; trial < 300; trial++) {
      const values = Array.from(
        { length: 100 },
        (_, i) => ((Math.sin(trial * 100 + i + 1) * 43758.5453) % 1) ** 2,
      );
      const [{ low, high }] = bootstrapIntervals([values], 300, trial);
      if (low <= 1 / 3 && 1 / 3 <= high) held++;
    }
    expect(held / 300).toBeGreaterThan(0.9);
    expect(held / 300).toBeLessThan(0.985);
  });

  it("is the same for the same seed, and refuses what has no inputs", () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sqrt(i));
    expect(bootstrapIntervals([values])).toEqual(bootstrapIntervals([values]));
    expect(bootstrapIntervals([values], 2000, 2)).not.toEqual(bootstrapIntervals([values]));
    expect(() => bootstrapIntervals([[]])).toThrow(
      new RangeError("a bootstrap interval needs at least one input"),
    );
    expect(() => bootstrapIntervals([[1], [1, 2]])).toThrow("quantities must have 1 values each, got 2");
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
    for (const { difference, low, high } of compareRecords(record, record)) {
      expect([difference, low, high]).toEqual([0, 0, 0]);
    }
  });

  it("is refused for other images, naming the first", async () => {
    const [first, second] = [await constant(), await nearest()];
    const other = { ...second, rows: second.rows.filter((_, i) => i !== 3) };
    expect(() => compareRecords(first, other)).toThrow("row 4 is of image 60 and of image 80");
    const { configuration } = second;
    const cifar = {
      ...second,
      configuration: { ...configuration, dataset: { ...configuration.dataset, name: "cifar10" } },
    };
    expect(() => compareRecords(first, cifar)).toThrow("got mnist test and cifar10 test");
    expect(() => compareRecords({ ...first, rows: [] }, { ...second, rows: [] })).toThrow(
      "there is no row to compare",
    );
  });
});

it("the figure of a difference shows what accuracyDifferences computes, in percentage points", async () => {
  const [first, second] = [await constant(), await nearest()];
  const figure = accuracyDifferenceFigure({ constant: first, "σ(x)": second });
  const [band, line] = figure.data as { name: string; x: number[]; y: number[] }[];
  expect(line.name).toBe("σ(x) − constant");
  const at = 60;
  const [{ difference, high }] = accuracyDifferences(first, second, [line.x[at]]);
  expect(line.y[at]).toBeCloseTo(100 * difference, 3);
  expect(band.y[at]).toBeGreaterThanOrEqual(line.y[at]);
  expect(Math.abs(band.y[at] - 100 * high)).toBeLessThan(0.5);
  expect(() => accuracyDifferenceFigure({ first })).toThrow(
    new RangeError("a difference needs two records, got 1"),
  );
});
