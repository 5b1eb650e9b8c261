import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCifar10 } from "../../src/datasets/cifar10";
import { MissingDataError } from "../../src/datasets/data-file";
import { dataFolder } from "../../src/datasets/data-folder";

const folder = join(dataFolder(), "cifar-10-batches-bin");
const noCifar10 =
  !existsSync(join(folder, "test_batch.bin")) && !existsSync(join(folder, "test_batch.bin.gz"));
if (noCifar10)
  console.warn(`skipped: CIFAR-10 is not in ${folder}: run "idrs fetch cifar10" or set IDRS_DATA`);

describe.skipIf(noCifar10)("CIFAR-10 from the data folder", () => {
  it("has the published sizes and the class counts of 1000 or 5000 each", async () => {
    for (const [split, perClass] of [
      ["test", 1000],
      ["train", 5000],
    ] as const) {
      const dataset = await loadCifar10(split);
      expect([dataset.count, dataset.channels, dataset.height, dataset.width, dataset.dimension]).toEqual([
        10 * perClass,
        3,
        32,
        32,
        3072,
      ]);
      const counts = new Array<number>(10).fill(0);
      for (const label of dataset.labels) counts[label]++;
      expect(counts).toEqual(new Array(10).fill(perClass));
    }
  });

  it("keeps red, green and blue planes of an image apart, as the published first images show", async () => {
    const test = await loadCifar10("test");
    expect(Array.from(test.labels.subarray(0, 5)).map((label) => test.classNames[label])).toEqual([
      "cat",
      "ship",
      "ship",
      "airplane",
      "frog",
    ]);
    // The upper left pixel of the first test image is (158, 112, 49).
    expect([0, 1024, 2048].map((plane) => test.pixels[plane])).toEqual([158, 112, 49]);
  });
});

it("CIFAR-10 that is not there is missing by name", async () => {
  const empty = await mkdtemp(join(tmpdir(), "idrs-"));
  await expect(loadCifar10("test", empty)).rejects.toThrow(MissingDataError);
  await expect(loadCifar10("test", empty)).rejects.toThrow(/test_batch\.bin .*idrs fetch/);
});
