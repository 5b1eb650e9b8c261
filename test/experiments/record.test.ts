import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { ImageDataset } from "../../src/datasets/image-dataset";
import { certifyDataset } from "../../src/experiments/certify-dataset";
import { readRecord, type RecordRow } from "../../src/experiments/record";
import { constant } from "../../src/variance/constant";
import { halfSpaceClassifier } from "../smoothing/linear-classifier";

/** Twenty-five images of four pixels; the first pixel decides the class. */
const dataset: ImageDataset = {
  name: "stripes",
  split: "test",
  channels: 1,
  height: 2,
  width: 2,
  count: 25,
  dimension: 4,
  pixels: Uint8Array.from({ length: 100 }, (_, i) => (i % 4 === 0 ? i * 2.5 : 7 * i)),
  labels: Uint8Array.from({ length: 25 }, (_, i) => (i > 12 ? 1 : 0)),
  classNames: ["dark", "bright"],
  checksums: { stripes: "none" },
};

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "idrs-")), "run");
});

function run(change: object = {}): Promise<void> {
  return certifyDataset({
    classifier: halfSpaceClassifier(4, 0.5),
    variance: constant(0.25),
    dataset,
    every: 2,
    n0: 10,
    n: 300,
    alpha: 0.01,
    seed: 3,
    folder,
    command: "a test",
    ...change,
  });
}

async function rowsWithoutSeconds(): Promise<object[]> {
  return (await readRecord(folder)).rows.map(({ seconds, ...row }: RecordRow) => row);
}

describe("the record of a certification run", () => {
  it("holds configuration, command and a row for every so manyth image", async () => {
    await run();
    const { configuration, command, rows } = await readRecord(folder);
    expect(command).toBe("a test");
    expect(configuration).toMatchObject({
      dataset: { name: "stripes", every: 2, checksums: { stripes: "none" } },
      model: { name: "half-space" },
      variance: { name: "constant", rate: 0, parameters: { sigma: 0.25 } },
      n0: 10,
      n: 300,
      alpha: 0.01,
      seed: 3,
      noise: "philox4x32-10, inverse normal",
    });
    expect(rows.map(({ index }) => index)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
    for (const row of rows) {
      expect(row.correct).toBe(row.predicted === row.label ? 1 : 0);
      expect(row.radius > 0).toBe(row.predicted !== -1);
      expect(row.votes).toBeLessThanOrEqual(row.n);
    }
    expect(rows.some(({ correct }) => correct === 1)).toBe(true);
  });

  it("ends equal to that of an undisturbed run, wherever the run was cut off", async () => {
    await run();
    const undisturbed = await rowsWithoutSeconds();
    const text = await readFile(join(folder, "rows.csv"), "utf8");
    for (const length of [
      0,
      10,
      text.indexOf("\n") + 1,
      Math.floor(text.length / 2),
      text.length - 1,
      text.length,
    ]) {
      await writeFile(join(folder, "rows.csv"), text.slice(0, length));
      await run();
      expect(await rowsWithoutSeconds()).toEqual(undisturbed);
    }
  });

  it("keeps finished rows, and tells of the others only, when a run is gone on with", async () => {
    const stop = new Error("stopped");
    const interrupted = run({
      onRow: (_row: RecordRow, done: number) => {
        if (done === 5) throw stop;
      },
    });
    await expect(interrupted).rejects.toBe(stop);
    expect((await readRecord(folder)).rows.length).toBe(5);
    const told: number[] = [];
    await run({ onRow: (_row: RecordRow, done: number) => told.push(done) });
    expect(told).toEqual([6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it("refuses a folder that holds a run of another configuration, naming the difference", async () => {
    await run();
    await expect(run({ seed: 4 })).rejects.toThrow(/another configuration: seed is 3 there and 4 here/);
    await expect(run({ variance: constant(0.5) })).rejects.toThrow(
      /variance\.parameters\.sigma is 0\.25 there and 0\.5 here/,
    );
    await expect(run({ every: 5 })).rejects.toThrow(/dataset\.every is 2 there and 5 here/);
  });

  it("refuses rows that are not what the run would have written", async () => {
    await run();
    const path = join(folder, "rows.csv");
    const text = await readFile(path, "utf8");
    const lines = text.split("\n");
    await writeFile(path, [lines[0], lines[2], ...lines.slice(3)].join("\n"));
    await expect(run()).rejects.toThrow(/row 1 is of image 2, expected 0/);
    await writeFile(path, text.replace("pA", "p"));
    await expect(readRecord(folder)).rejects.toThrow(/rows\.csv: has no column pA/);
    await writeFile(path, text.replace(/\n0,0,0\.25,/, "\n0,0,a quarter,"));
    await expect(readRecord(folder)).rejects.toThrow(
      /rows\.csv, line 2: sigma must be a number, got "a quarter"/,
    );
  });

  it("says which file a folder lacks that is no record", async () => {
    await expect(readRecord(folder)).rejects.toThrow(/configuration\.json: there is no such file/);
  });
});
