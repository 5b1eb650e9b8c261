import { beforeAll, describe, expect, it } from "vitest";
import { compareFormulas } from "../../src/analysis/compare-formulas";
import { summarize } from "../../src/analysis/summary";
import { type CertificationRecord, readRecord } from "../../src/experiments/record";
import { packageFile } from "../../src/files/package-file";

describe("three formulas on the same votes", () => {
  let record: CertificationRecord;
  beforeAll(async () => {
    record = await readRecord(packageFile("records", "cifar10-0.5-r0.015"));
  });

  it("have averages; Cohen's is above that of the exact certificate", () => {
    const compared = compareFormulas(record);
    expect(compared.exact).toBe(summarize(record).averageRadius);
    expect(compared["Cohen's formula"]).toBeGreaterThan(1.1 * compared.exact);
    expect(compared["mean σ(x)"]).toBe(summarize(record).meanSigma);
  });

  it("disagree in both directions: most one-sided radii are too large, some are 0 by the clamp", () => {
    const compared = compareFormulas(record);
    expect(compared["share above exact"]).toBeGreaterThan(0.8);
    expect(compared["median excess, %"]).toBeGreaterThan(0);
    expect(compared["share at 0"]).toBeGreaterThan(0);
    expect(compared["share above exact"] + compared["share at 0"]).toBeLessThanOrEqual(1);
    // A clamp far from 1 is no better than no certificate: with p_A near ½ it gives 0.
    expect(compareFormulas(record, 0.98)["share at 0"]).toBeGreaterThan(compared["share at 0"]);
  });

  it("need a clamp for a data set that the earlier code does not know", () => {
    const { configuration } = record;
    const other = {
      ...record,
      configuration: { ...configuration, dataset: { ...configuration.dataset, name: "fruit" } },
    };
    expect(() => compareFormulas(other)).toThrow("clamp must be given for fruit: the earlier code has none");
    expect(compareFormulas(other, 0.9993)).toEqual(compareFormulas(record));
  });
});
