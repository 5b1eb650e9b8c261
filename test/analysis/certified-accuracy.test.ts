import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  certifiedAccuracy,
  certifiedAccuracyBand,
  certifiedAccuracyCurve,
} from "../../src/analysis/certified-accuracy";
import { dataFrame } from "../../src/analysis/data-frame";
import { summarize } from "../../src/analysis/summary";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { readRecord, type RecordRow } from "../../src/experiments/record";
import { imageCount } from "../../src/experiments/run-configuration";
import { clopperPearsonLower } from "../../src/probability/binomial";

const records = join(__dirname, "../../records");
const names = readdirSync(records).filter((name) => name.includes("-")); // not README.md, nor unfinished runs

/** A row of which only what certified accuracy depends on matters. */
function row(correct: number, radius: number): RecordRow {
  const predicted = correct === 1 ? 0 : 1;
  return {
    index: 0,
    label: 0,
    sigma: 1,
    predicted,
    candidate: 0,
    n0: 1,
    n: 1,
    selectionVotes: [1],
    votes: [1],
    pA: 1,
    radius,
    correct,
    seconds: 0,
  };
}

describe("certified accuracy", () => {
  const rows = [row(1, 0.5), row(1, 1), row(0, 2), row(1, 0.5)];

  it("is the share of correct inputs with at least that radius", () => {
    expect([0, 0.5, 0.500001, 1, 1.1, 2].map((radius) => certifiedAccuracy(rows, radius))).toEqual([
      0.75, 0.75, 0.25, 0.25, 0, 0,
    ]);
  });

  it("refuses an empty record and invalid radii", () => {
    expect(() => certifiedAccuracy([], 0)).toThrow(/at least one certified input/);
    expect(() => certifiedAccuracy(rows, -1)).toThrow(/radius must be at least 0, got -1/);
    expect(() => certifiedAccuracy(rows, NaN)).toThrow(/got NaN/);
  });

  it("falls along the curve as it does at single radii", () => {
    const { radius, accuracy } = certifiedAccuracyCurve(rows);
    expect(radius).toEqual([0, 0.5, 0.5, 1, 1]);
    expect(accuracy).toEqual([0.75, 0.75, 0.5, 0.25, 0]);
  });
});

describe.each(names)("the committed record %s", (name) => {
  it("holds all its inputs, whose p_A, radii and classes follow from their votes", async () => {
    const { configuration, rows } = await readRecord(join(records, name));
    const { dimension } = configuration.dataset;
    const { rate, eta } = configuration.variance;
    expect(rows.length).toBe(imageCount(configuration));
    const alpha = configuration.dual ? configuration.alpha / 2 : configuration.alpha; // of each of two stages
    for (const { sigma, votes, n, pA, radius, predicted, candidate, correct, label, selector } of rows) {
      expect(Math.abs(pA - clopperPearsonLower(votes[candidate], n, alpha))).toBeLessThanOrEqual(1e-9 * pA);
      const own = certifiedRadius({ dimension, sigma, rate, eta, pA }).radius;
      const now = Math.min(own, selector?.radius ?? Infinity);
      expect(Math.abs(radius - now)).toBeLessThanOrEqual(1e-9 * now);
      expect(predicted).toBe(pA > 0.5 && selector?.predicted !== -1 ? candidate : -1);
      expect(correct).toBe(predicted === label ? 1 : 0);
    }
  });

  it("agrees between its summary and its curve", async () => {
    const record = await readRecord(join(records, name));
    const { rows } = record;
    const { radius, accuracy } = certifiedAccuracyCurve(rows);
    expect(summarize(record).accuracy).toBeCloseTo(accuracy[0], 12);
    for (const at of [0, 100, 200].map((i) => radius[i])) {
      // Where inputs share a radius, the curve falls beyond the first corner at it.
      expect(accuracy[radius.indexOf(at)]).toBeCloseTo(certifiedAccuracy(rows, at), 12);
    }
  });
});

it("gives a danfojs table of a record that agrees with its summary", async () => {
  const record = await readRecord(join(records, "mnist-0.5-mean"));
  const summary = summarize(record);
  const table = await dataFrame(record.rows);
  expect(table.shape).toEqual([500, 13]);
  expect(summary.inputs).toBe(500);
  expect(summary.accuracy).toBeCloseTo(table.column("correct").mean() as number, 12);
  expect(summary.meanSigma).toBeCloseTo(table.column("sigma").mean() as number, 9);
});

it("there are records to check", () => {
  expect(names).toContain("mnist-0.5-r0.01");
});

it("the band of certified accuracy holds the share, and narrows with more images", async () => {
  const all = await readRecord(join(records, "mnist-0.5-mean"));
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
