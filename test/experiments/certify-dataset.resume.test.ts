import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { functionClassifier } from "../../src/classifiers/function-classifier";
import { mergeRecords } from "../../src/experiments/merge-records";
import { recertify } from "../../src/experiments/recertify";
import { readRecord, type RecordRow } from "../../src/experiments/record";
import { userFunction } from "../../src/variance/user-function";
import { certifyStripes, newFolder, rowsOf, stripes } from "./stripes";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(dirname(folder), { recursive: true }));

const threshold = (at: number) =>
  functionClassifier({ name: "threshold", dimension: 4, classCount: 2, classOf: (x) => (x[0] > at ? 1 : 0) });
const sigmaOf = (factor: number) =>
  userFunction({ name: "mine", rate: 0.1, sigma: (x) => factor * Math.exp(0.1 * x[1]) });
/** A run that was cut off after its first rows. */
async function cutOff(change: Parameters<typeof certifyStripes>[1]): Promise<void> {
  await certifyStripes(folder, change);
  const path = join(folder, "rows.csv");
  const lines = (await readFile(path, "utf8")).split("\n");
  await writeFile(path, `${lines.slice(0, 4).join("\n")}\n`);
}

describe("a run is not resumed with another function under the same name", () => {
  it.each([0.2500001, 0.25 * (1 + 2 ** -52), 0.4])("σ(x) with another body: %d", async (factor) => {
    await cutOff({ variance: sigmaOf(0.25) });
    const rows = await readFile(join(folder, "rows.csv"), "utf8");
    await expect(certifyStripes(folder, { variance: sigmaOf(factor) })).rejects.toThrow(
      /another configuration: σ\(x\) is a different function, as its values show: sigmaSha256 is "/,
    );
    expect(await readFile(join(folder, "rows.csv"), "utf8")).toBe(rows);
    await certifyStripes(folder, { variance: sigmaOf(0.25) });
    expect((await readRecord(folder)).rows).toHaveLength(13);
  });

  it("σ(x) that differs only at an image that is not certified yet", async () => {
    const last = (sigma: number) =>
      userFunction({ name: "mine", rate: 1, sigma: (x) => (x[0] > 0.93 ? sigma : 0.25) });
    await cutOff({ variance: last(0.25) });
    await expect(certifyStripes(folder, { variance: last(0.26) })).rejects.toThrow(
      /σ\(x\) is a different function/,
    );
  });

  it("a base classifier with another body", async () => {
    await cutOff({ classifier: threshold(0.5) });
    await expect(certifyStripes(folder, { classifier: threshold(0.55) })).rejects.toThrow(
      /another configuration: the base classifier is a different function, as its classes show: probeSha256 is "/,
    );
    await certifyStripes(folder, { classifier: threshold(0.5) });
    expect((await readRecord(folder)).rows).toHaveLength(13);
  });

  it("nor are shards with different functions merged", async () => {
    const [one, two] = [join(dirname(folder), "1"), join(dirname(folder), "2")];
    await certifyStripes(one, { classifier: threshold(0.5), shard: { index: 1, count: 2 } });
    await certifyStripes(two, { classifier: threshold(0.6), shard: { index: 2, count: 2 } });
    await expect(mergeRecords([one, two], folder)).rejects.toThrow(/base classifier is a different function/);
    await rm(two, { recursive: true });
    const variance = sigmaOf(0.25);
    await certifyStripes(two, { classifier: threshold(0.5), variance, shard: { index: 2, count: 2 } });
    await expect(mergeRecords([one, two], folder)).rejects.toThrow(/variance\.name is "constant" in /);
  });

  it("nor with other images or labels of a data set without files", async () => {
    const dataset = { ...stripes, checksums: {} };
    await cutOff({ dataset });
    const pixels = stripes.pixels.map((value, i) => (i === 99 ? value ^ 1 : value));
    await expect(certifyStripes(folder, { dataset: { ...dataset, pixels } })).rejects.toThrow(
      /dataset\.checksums\.pixels is "/,
    );
    const labels = stripes.labels.map((label, i) => (i === 24 ? 1 - label : label));
    await expect(certifyStripes(folder, { dataset: { ...dataset, labels } })).rejects.toThrow(
      /dataset\.checksums\.labels is "/,
    );
    await certifyStripes(folder, { dataset });
  });

  it("nor if a finished row has another σ(x) or label", async () => {
    const path = join(folder, "rows.csv");
    await cutOff({ variance: sigmaOf(0.3) });
    const wider = (await readFile(path, "utf8")).split("\n");
    await rm(folder, { recursive: true });
    await cutOff({ variance: sigmaOf(0.25) });
    const rows = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, [...rows.slice(0, 3), wider[3], ""].join("\n"));
    await expect(certifyStripes(folder, { variance: sigmaOf(0.25) })).rejects.toThrow(
      /run: sigma of image 4 must be 0\.2\d+, as in this run, got 0\.3\d+$/,
    );
    const cells = rows[2].split(",");
    [cells[1], cells[11]] = ["1", cells[11] === "1" ? "0" : "1"]; // label and correct
    await writeFile(path, [...rows.slice(0, 2), cells.join(","), ""].join("\n"));
    await expect(certifyStripes(folder, { variance: sigmaOf(0.25) })).rejects.toThrow(
      "label of image 2 must be 0, as in this run, got 1",
    );
    await writeFile(path, rows.join("\n"));
    await certifyStripes(folder, { variance: sigmaOf(0.25) }); // its lock is free
  });

  it("nor are shards merged whose σ(x) is not that of the run", async () => {
    const [one, two, other] = ["1", "2", "other"].map((name) => join(dirname(folder), name));
    const [variance, shard] = [sigmaOf(0.25), { index: 2, count: 2 }];
    await certifyStripes(one, { variance, shard: { index: 1, count: 2 } });
    await certifyStripes(two, { variance, shard });
    await certifyStripes(other, { variance: sigmaOf(0.3), shard });
    const rows = await readFile(join(two, "rows.csv"), "utf8");
    await writeFile(join(two, "rows.csv"), await readFile(join(other, "rows.csv"), "utf8"));
    await expect(mergeRecords([one, two], folder)).rejects.toThrow(
      `${one}, ${two}: the values of σ(x) are not those that the run began with`,
    );
    await writeFile(join(two, "rows.csv"), rows);
    expect((await mergeRecords([two, one], folder)).rows).toHaveLength(13);
  });

  it("is refused for another seed before σ(x) is computed again", async () => {
    const sigma = vi.fn(() => 0.25);
    const variance = userFunction({ name: "slow", rate: 0, sigma });
    await cutOff({ variance });
    sigma.mockClear();
    await expect(certifyStripes(folder, { variance, seed: 4 })).rejects.toThrow(/seed is 3 there and 4 here/);
    expect(sigma).not.toHaveBeenCalled();
  });
});

describe("before σ(x) is computed, a run is refused", () => {
  const sigma = vi.fn(() => 0.25);
  const variance = userFunction({ name: "slow", rate: 0, sigma });
  afterEach(() => expect(sigma).not.toHaveBeenCalled());

  it.each([
    [{ index: 0, count: 2 }, "shard must be an integer from 1 to 2, got 0"],
    [{ index: 1, count: 0 }, "the number of shards must be an integer of at least 1, got 0"],
  ])("for the shard %j", async (shard, message) => {
    await expect(certifyStripes(folder, { variance, shard })).rejects.toThrow(message);
  });

  it.each(["a file", "in a file"])("for a folder that is %s", async (kind) => {
    await writeFile(folder, "a file, not a folder");
    const to = kind === "a file" ? folder : join(folder, "inner");
    await expect(certifyStripes(to, { variance })).rejects.toThrow(`${to}: cannot be written: `);
  });
});

describe("a table changed by another tool", () => {
  const [header, ...order] = [0, 12, 3, 7, 1, 2, 9, 8, 4, 5, 6, 10, 11].map((column, i) =>
    i === 0 ? [0] : column,
  );
  it.each([
    ["with CRLF at line ends, as git makes of it", (text: string) => text.replace(/\n/g, "\r\n")],
    ["with a byte order mark", (text: string) => `\ufeff${text}`],
    [
      "with its columns in another order",
      (text: string) =>
        text.replace(/.+/g, (line) => {
          const cells = line.split(",");
          return [...order, ...(header as number[])].map((column) => cells[column as number]).join(",");
        }),
    ],
  ])("is read, and its run resumed: %s", async (_, change) => {
    await certifyStripes(folder);
    const undisturbed = await rowsOf(folder);
    const path = join(folder, "rows.csv");
    const text = await readFile(path, "utf8");
    await writeFile(path, change(text));
    expect(await rowsOf(folder)).toEqual(undisturbed);
    await writeFile(path, change(`${text.split("\n").slice(0, 6).join("\n")}\n`));
    await certifyStripes(folder);
    expect(await rowsOf(folder)).toEqual(undisturbed);
    // Written as a run writes it.
    const now = await readFile(path, "utf8");
    expect([now.split("\n")[0], now.includes("\r")]).toEqual([text.split("\n")[0], false]);
  });

  it.each([
    [
      "another column",
      (text: string) => text.replace(/.(?=\n)/g, "$&,0"),
      /has an unexpected column|has a column/,
    ],
    ["a column less", (text: string) => text.replace(/,[^,]*(?=\n)/g, ""), /has no column seconds/],
    ["semicolons", (text: string) => text.replace(/,/g, ";"), /has no column index, label/],
    [
      "a column twice",
      (text: string) => text.replace(/.*\n/g, (line) => `0,${line}`).replace(/^0/, "n"),
      /has an unexpected column n/,
    ],
  ])("is refused with %s, and left as it is", async (_, change, message) => {
    await certifyStripes(folder);
    const path = join(folder, "rows.csv");
    const text = change(await readFile(path, "utf8"));
    await writeFile(path, text);
    await expect(certifyStripes(folder)).rejects.toThrow(message);
    expect(await readFile(path, "utf8")).toBe(text);
  });
});

describe("the images of a run", () => {
  it("may be given by their indices, with the same result as a step", async () => {
    const other = join(dirname(folder), "other");
    await certifyStripes(folder, { every: 5 });
    await certifyStripes(other, { every: undefined, indices: [20, 0, 10, 5, 15] });
    const [one, two] = [await readRecord(folder), await readRecord(other)];
    expect(two.configuration).toEqual(one.configuration);
    expect(await rowsOf(other)).toEqual(await rowsOf(folder));
    await rm(other, { recursive: true });
    await certifyStripes(other, { every: undefined, indices: [7, 3] });
    expect((await readRecord(other)).rows.map(({ index }) => index)).toEqual([3, 7]);
  });

  it("are all images by default", async () => {
    const { rows } = await certifyStripes(folder, { every: undefined, n: 20 });
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 25 }, (_, i) => i));
  });

  it.each([
    [{ every: undefined, indices: [25] }, "an index of stripes must be an integer from 0 to 24, got 25"],
    [{ every: undefined, indices: [1.5] }, "an index of stripes must be an integer from 0 to 24, got 1.5"],
    [{ every: undefined, indices: [3, 3] }, "indices must be different, got 3 twice"],
    [{ every: undefined, indices: [] }, "indices must name at least one image, got none"],
    [{ every: 2, indices: [3] }, "give every or indices, not both"],
    [{ n: 6 }, "n must be at least 7 to certify anything at alpha = 0.01, got 6"],
    [
      { dataset: { ...stripes, classNames: ["a", "b", "c"] } },
      "the base classifier has 2 classes, but stripes has 3",
    ],
  ])("%j is refused before anything is sampled", async (change, message) => {
    const classify = vi.fn();
    const classifier = { ...threshold(0.5), classify };
    await expect(certifyStripes(folder, { classifier, ...change })).rejects.toThrow(new RangeError(message));
    expect(classify).not.toHaveBeenCalled();
  });
});

describe("the record that certifyDataset returns", () => {
  it("equals the content of its folder, also after the run was resumed", async () => {
    const record = await certifyStripes(folder);
    expect(record).toEqual(await readRecord(folder));
    const path = join(folder, "rows.csv");
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, `${lines.slice(0, 4).join("\n")}\n`);
    const told: RecordRow[] = [];
    const resumed = await certifyStripes(folder, { onRow: (row) => told.push(row) });
    expect(resumed).toEqual(await readRecord(folder));
    expect(resumed.rows.slice(3)).toEqual(told);
  });

  it("has the command that its folder holds, with which the run began", async () => {
    const began = await certifyStripes(folder);
    expect((await certifyStripes(folder, { command: "another" })).command).toBe("a test");
    const other = join(dirname(folder), "other");
    await recertify(began, { alpha: 0.1 }, other, "first");
    expect((await recertify(began, { alpha: 0.1 }, other, "second")).command).toBe("first");
    expect((await readRecord(other)).command).toBe("first");
  });

  it("needs neither folder nor command", async () => {
    const { rows: written, configuration } = await certifyStripes(folder);
    const record = await certifyStripes(folder, { folder: undefined, command: undefined });
    expect(record.configuration).toEqual(configuration);
    expect("command" in record).toBe(false);
    const plain = (rows: readonly RecordRow[]) => rows.map(({ seconds, ...row }) => row);
    expect(plain(record.rows)).toEqual(plain(written));
  });

  it("without a command is read and merged without one", async () => {
    await certifyStripes(folder, { command: undefined });
    expect(await readRecord(folder)).not.toHaveProperty("command");
    const merged = await mergeRecords([folder], join(dirname(folder), "merged"));
    expect(merged).not.toHaveProperty("command");
  });
});
