import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mergeRecords } from "../../src/experiments/merge-records";
import { recertify } from "../../src/experiments/recertify";
import { readRecord } from "../../src/experiments/record";
import { itemsOfShard } from "../../src/experiments/images";
import { certifyStripes, newFolder, rowsOf } from "./stripes";

let root: string;
beforeEach(async () => {
  root = dirname(await newFolder());
});
afterEach(() => rm(root, { recursive: true }));

async function certifyParts(count: number): Promise<string[]> {
  const parts = [];
  for (let index = 1; index <= count; index++) {
    const part = join(root, `part-${index}`);
    await certifyStripes(part, {
      shard: { index, count },
      command: `idrs certify --shard ${index}/${count}`,
    });
    parts.push(part);
  }
  return parts;
}

describe("the shards of a run", () => {
  it.each([1, 2, 3, 13, 20])("cover every position exactly once: %i shards", (count) => {
    const all = Array.from({ length: 13 }, (_, i) => i);
    const shards = Array.from({ length: count }, (_, i) => [...itemsOfShard(all, { index: i + 1, count })]);
    expect(shards.flat().sort((a, b) => a - b)).toEqual(all);
    const sizes = shards.map((positions) => positions.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it("out of range are refused", () => {
    expect(() => [...itemsOfShard([1], { index: 4, count: 3 })]).toThrow(
      /shard must be an integer from 1 to 3, got 4/,
    );
    expect(() => [...itemsOfShard([1], { index: 0, count: 3 })]).toThrow(/shard must be .* got 0/);
  });
});

describe("merging shards", () => {
  it.each([1, 2, 5, 14])("gives the record of the whole run: %i shards", async (count) => {
    const whole = join(root, "whole");
    await certifyStripes(whole, { command: "idrs certify" });
    const merged = join(root, "merged");
    await mergeRecords((await certifyParts(count)).reverse(), merged);
    expect(await rowsOf(merged)).toEqual(await rowsOf(whole));
    const [record, expected] = [await readRecord(merged), await readRecord(whole)];
    expect(record.configuration).toEqual(expected.configuration);
    expect(record.command).toBe(expected.command);
  });

  it("names its own command if the shards were recertified", async () => {
    const renewed: string[] = [];
    for (const part of await certifyParts(2)) {
      await recertify(
        part,
        { alpha: 0.05 },
        `${part}-new`,
        `idrs recertify ${part} --alpha 0.05 --out ${part}-new`,
      );
      renewed.push(`${part}-new`);
    }
    const target = join(root, "merged");
    await mergeRecords(renewed, target);
    expect((await readRecord(target)).command).toBe(`idrs merge ${target} ${renewed.join(" ")}`);
  });

  it("refuses shards of different runs, overlaps, gaps and an occupied target", async () => {
    const [one, two, three] = await certifyParts(3);
    const target = join(root, "merged");
    const other = join(root, "other");
    await certifyStripes(other, { shard: { index: 3, count: 3 }, seed: 4 });
    await expect(mergeRecords([one, two, other], target)).rejects.toThrow(
      `${other} belongs to a different run: seed is 3 in ${one} and 4 in ${other}`,
    );
    await expect(mergeRecords([one, two, three, two], target)).rejects.toThrow(
      `image 2 is in both ${two} and ${two}`,
    );
    await expect(mergeRecords([one, three], target)).rejects.toThrow(
      "4 of 13 images are in no part: 2, 8, 14, 20",
    );
    await expect(mergeRecords([], target)).rejects.toThrow("give the folders of the parts to merge");
    await mergeRecords([one, two, three], target);
    const path = join(target, "rows.csv");
    const lines = (await readFile(path, "utf8")).split("\n");
    const cells = lines[2].split(",");
    cells[7] = "1:10";
    await writeFile(path, [...lines.slice(0, 2), cells.join(","), ...lines.slice(3)].join("\n"));
    await expect(mergeRecords([one, two, three], target)).rejects.toThrow(
      /merged.rows\.csv, line 3: candidate must be 1, as its votes show, got 0/,
    );
  });

  it("resumes an interrupted merge", async () => {
    const parts = await certifyParts(3);
    const target = join(root, "merged");
    await mergeRecords(parts, target);
    const path = join(target, "rows.csv");
    const text = await readFile(path, "utf8");
    for (const length of [text.length, text.length / 2, text.indexOf("\n") + 1, 3, 0]) {
      await writeFile(path, text.slice(0, length));
      await mergeRecords(parts, target);
      expect(await readFile(path, "utf8")).toBe(text);
    }
  });

  it("refuses an incomplete shard", async () => {
    const parts = await certifyParts(2);
    const path = join(parts[1], "rows.csv");
    await writeFile(path, (await readFile(path, "utf8")).slice(0, -5));
    await expect(mergeRecords(parts, join(root, "merged"))).rejects.toThrow(/the last row is incomplete/);
  });
});
