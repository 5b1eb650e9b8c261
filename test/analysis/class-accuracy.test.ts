import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { certifiedAccuracy } from "../../src/analysis/certified-accuracy";
import { classAccuracies, classDeviation } from "../../src/analysis/class-accuracy";
import { compareRecords, QUANTITIES } from "../../src/analysis/compare-records";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";

const read = (name: string): Promise<CertificationRecord> =>
  readRecord(join(__dirname, "../../records", name));

describe("class-wise accuracy", () => {
  it("averages to the accuracy, and has the deviation of its definition", async () => {
    const { rows } = await read("mnist-0.5-r0.01");
    const classes = classAccuracies(rows);
    expect(classes.map(({ label }) => label)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const right = classes.reduce((sum, { inputs, accuracy }) => sum + inputs * accuracy, 0);
    expect(right / rows.length).toBeCloseTo(certifiedAccuracy(rows, 0), 12);
    const mean = classes.reduce((sum, { accuracy }) => sum + accuracy, 0) / 10;
    const variance = classes.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0) / 10;
    expect(classDeviation(rows)).toBeCloseTo(Math.sqrt(variance), 12);
  });

  it("does not change if every input counts twice, and omits a class without inputs", async () => {
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
