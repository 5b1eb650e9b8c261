import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mergeRecords } from "../../src/experiments/merge-records";
import { recertify } from "../../src/experiments/recertify";
import { readRecord, type RecordRow } from "../../src/experiments/record";
import { decidePlan, gainPlan } from "../../src/sampling/sampling-plan";
import { constant } from "../../src/variance/constant";
import { certifyStripes, newFolder, rowsOf } from "./stripes";

let [folder, renewed]: string[] = [];
beforeEach(async () => {
  folder = await newFolder();
  renewed = join(dirname(folder), "renewed");
});
afterEach(() => rm(dirname(folder), { recursive: true }));

describe("recomputing a record from its votes", () => {
  it("with nothing changed gives the same record", async () => {
    await certifyStripes(folder);
    await recertify(folder, {}, renewed, "again");
    expect(await rowsOf(renewed)).toEqual(await rowsOf(folder));
  });

  it("accepts a record instead of a folder, and writes nothing unless a folder is named", async () => {
    const record = await certifyStripes(folder);
    const before = await readdir(dirname(folder));
    const inMemory = await recertify(record, { alpha: 0.2 });
    expect(await readdir(dirname(folder))).toEqual(before);
    const written = await recertify(folder, { alpha: 0.2 }, renewed);
    expect(inMemory.configuration).toEqual(written.configuration);
    const votes = ({ pA, radius, predicted }: RecordRow) => ({ pA, radius, predicted });
    expect(inMemory.rows.map(votes)).toEqual(written.rows.map(votes));
  });

  it("refuses a record without rows", async () => {
    await certifyStripes(folder);
    const path = join(folder, "rows.csv");
    await writeFile(path, (await readFile(path, "utf8")).split("\n")[0] + "\n");
    await expect(recertify(folder, {}, renewed, "again")).rejects.toThrow(
      /run: must hold at least one certified image, got none$/,
    );
  });

  it("with another α gives the record that sampling with it would have given", async () => {
    await certifyStripes(folder);
    await recertify(folder, { alpha: 0.2 }, renewed, "again");
    const sampled = join(dirname(folder), "sampled");
    await certifyStripes(sampled, { alpha: 0.2 });
    expect(await rowsOf(renewed)).toEqual(await rowsOf(sampled));
    expect((await readRecord(renewed)).configuration).toEqual((await readRecord(sampled)).configuration);
  });

  it("with a larger rate certifies less, and refuses one below that of the variance function", async () => {
    await certifyStripes(folder);
    await recertify(folder, { rate: 0.5 }, renewed, "again");
    const [before, after] = [(await readRecord(folder)).rows, (await readRecord(renewed)).rows];
    before.forEach((row, i) => {
      if (row.radius > 0) expect(after[i].radius).toBeLessThan(row.radius);
      expect(after[i].pA).toBe(row.pA);
    });
    await expect(recertify(renewed, { rate: 0.1 }, join(dirname(folder), "x"), "")).rejects.toThrow(
      /rate must be at least that of the variance function \(0\.5\), got 0\.1/,
    );
  });

  it("uses a confidence sequence on request, and requires it if the run stopped early", async () => {
    await certifyStripes(folder);
    await recertify(folder, { bound: "confidence-sequence" }, renewed, "again");
    const [before, after] = [(await readRecord(folder)).rows, (await readRecord(renewed)).rows];
    before.forEach((row, i) => expect(after[i].pA).toBeLessThan(row.pA));
    await rm(folder, { recursive: true });
    await certifyStripes(folder, { plan: decidePlan(0.1) });
    await expect(
      recertify(folder, { bound: "clopper-pearson" }, join(dirname(folder), "x"), ""),
    ).rejects.toThrow(/bound must be "confidence-sequence" .* chosen while sampling/);
  });

  it("with bounds on all classes gives the record that sampling with them would have given", async () => {
    await certifyStripes(folder);
    await recertify(folder, { bound: "all-classes" }, renewed, "again");
    const sampled = join(dirname(folder), "sampled");
    await certifyStripes(sampled, { bound: "all-classes" });
    expect(await rowsOf(renewed)).toEqual(await rowsOf(sampled));
    expect((await readRecord(renewed)).configuration).toEqual((await readRecord(sampled)).configuration);
    expect((await readRecord(renewed)).configuration.bound).toBe("all-classes");
    expect(await rowsOf(renewed)).not.toEqual(await rowsOf(folder));

    await rm(folder, { recursive: true });
    await certifyStripes(folder, { plan: decidePlan(0.1) });
    await expect(recertify(folder, { bound: "all-classes" }, join(dirname(folder), "x"), "")).rejects.toThrow(
      /got "all-classes": its numbers of samples were chosen while sampling/,
    );
  });

  it.each([{ alpha: 0.2 }, { rate: 0.1 }])(
    "is not the run that samples with %j if it may stop early",
    async (change) => {
      const other = join(dirname(folder), "other");
      const plan = gainPlan(0.3);
      const variance = { ...constant(0.25), isConstant: false };
      const run = { plan, n: 5000, variance };
      const [first, second] = [1, 2].map((index) => ({ ...run, shard: { index, count: 2 } }));
      await certifyStripes(folder, first);
      const { configuration, rows } = await recertify(folder, change, renewed, "again");
      expect(configuration.sampledWith).toEqual({ alpha: 0.01, rate: 0 });
      expect(await readRecord(renewed)).toMatchObject({ configuration, rows });
      const sampled = { alpha: change.alpha ?? 0.01, variance: { ...variance, rate: change.rate ?? 0 } };
      await expect(certifyStripes(renewed, { ...first, ...sampled })).rejects.toThrow(
        /another configuration: sampledWith is \{"alpha":0\.01,"rate":0\} there and not given here/,
      );
      await certifyStripes(other, { ...second, ...sampled });
      await expect(mergeRecords([renewed, other], join(dirname(folder), "merged"))).rejects.toThrow(
        /belongs to a different run: sampledWith is /,
      );
    },
  );

  it("is the run that it was again with its first α", async () => {
    await certifyStripes(folder, { plan: gainPlan(0.3), n: 5000 });
    const there = await recertify(folder, { alpha: 0.2 });
    const back = await recertify(there, { alpha: 0.01 });
    const { configuration } = await readRecord(folder);
    expect(back.configuration).toEqual(configuration);
  });

  it.each([0, 1, NaN])("refuses α = %d", async (alpha) => {
    await certifyStripes(folder);
    await expect(recertify(folder, { alpha }, renewed, "")).rejects.toThrow(/alpha must be a number between/);
  });
});
