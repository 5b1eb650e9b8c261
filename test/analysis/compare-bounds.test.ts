import { expect, it } from "vitest";
import { compareBounds } from "../../src/analysis/compare-bounds";
import { summarize } from "../../src/analysis/summary";
import { readRecord } from "../../src/experiments/record";
import { packageFile } from "../../src/files/package-file";

it("bounds on all classes abstain less than the bound on p_A alone, on the same votes", async () => {
  const record = await readRecord(packageFile("records", "cifar10-0.5-r0.01"));
  const [alone, all] = await compareBounds(record);
  const { abstained, accuracy, averageRadius } = summarize(record);
  expect(alone).toEqual({
    bounds: "p_A alone",
    abstained,
    accuracy,
    "average certified radius": averageRadius,
  });
  expect(all.bounds).toBe("all classes");
  expect(all.abstained).toBeLessThan(alone.abstained);
  expect(all.accuracy).toBeGreaterThan(alone.accuracy);
});

it("bounds are not compared on votes whose sampling could stop early, and not without votes", async () => {
  const record = await readRecord(packageFile("records", "cifar10-0.5-r0.01"));
  const { configuration } = record;
  const early = {
    ...record,
    configuration: {
      ...configuration,
      sampling: { name: "decide", parameters: {} },
      bound: "confidence-sequence",
    },
  } as typeof record;
  await expect(compareBounds(early)).rejects.toThrow('bound must be "confidence-sequence" for the record');
  await expect(compareBounds({ ...record, rows: [] })).rejects.toThrow("at least one certified image");
});
