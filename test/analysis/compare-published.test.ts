import { expect, it } from "vitest";
import { classDeviation } from "../../src/analysis/class-accuracy";
import { comparePublished } from "../../src/analysis/compare-published";
import { COHEN_CIFAR10 } from "../../src/analysis/published-results";
import { summarize } from "../../src/analysis/summary";
import { readRecord } from "../../src/experiments/record";
import { packageFile } from "../../src/files/package-file";

it("a record is compared with a published run, and its values are inside their intervals", async () => {
  const record = await readRecord(packageFile("records", "cifar10-0.25-base"));
  const [accuracy, radius, deviation] = comparePublished(record, COHEN_CIFAR10[1]);
  const summary = summarize(record);
  expect(accuracy).toMatchObject({ σ: 0.25, ours: summary.accuracy, published: 0.748 });
  expect(radius.ours).toBeCloseTo(summary.averageRadius, 12);
  expect(radius.published).toBe(0.4289);
  expect(deviation).toMatchObject({ ours: classDeviation(record.rows), published: 0.136 });
  for (const { ours, low, high } of [accuracy, radius, deviation]) {
    expect(low).toBeLessThan(ours);
    expect(high).toBeGreaterThan(ours);
  }
  // The normal interval of a share of 500 images.
  const half = 1.96 * Math.sqrt((summary.accuracy * (1 - summary.accuracy)) / 500);
  expect((accuracy.high - accuracy.low) / (2 * half)).toBeCloseTo(1, 0);
  expect(() => comparePublished(record, COHEN_CIFAR10[0])).toThrow(
    "the record must be one of cifar10 with constant σ = 0.12, got cifar10 with σ = 0.25",
  );
  expect(() => comparePublished(record, { ...COHEN_CIFAR10[1], dataset: "mnist" })).toThrow(
    /got cifar10 with σ/,
  );
  expect(() => comparePublished({ ...record, rows: [] }, COHEN_CIFAR10[1])).toThrow("at least one input");
});

it("the interval of the deviation of classes holds the truth in at least nine of ten cases", async () => {
  const record = await readRecord(packageFile("records", "cifar10-0.25-base"));
  const truth = Array.from({ length: 10 }, (_, c) => 0.55 + 0.04 * c);
  const exact = Math.sqrt(truth.reduce((sum, p) => sum + (p - 0.73) ** 2, 0) / 10);
  let state = 12345;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  let held = 0;
  for (let i = 0; i < 100; i++) {
    const rows = record.rows.map(
      (row) => ({ ...row, correct: random() < truth[row.label] ? 1 : 0 }) as const,
    );
    const [, , { low, high }] = comparePublished({ ...record, rows }, COHEN_CIFAR10[1]);
    if (low <= exact && exact <= high) held++;
  }
  expect(held).toBeGreaterThanOrEqual(90);
});
