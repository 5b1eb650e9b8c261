import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { MissingDataError, readDataFile } from "../../src/datasets/data-file";
import { readIdx } from "../../src/datasets/idx";
import { type ImageDataset, imageAt } from "../../src/datasets/image-dataset";
import { loadMnist, MNIST } from "../../src/datasets/mnist";
import { noMnist } from "./mnist-available";

describe.skipIf(noMnist)("MNIST from the data folder", () => {
  let test: ImageDataset;
  beforeAll(async () => {
    test = await loadMnist("test");
  });

  it("has the published number of images, sizes and first labels", () => {
    expect([test.count, test.channels, test.height, test.width, test.dimension]).toEqual([
      10_000, 1, 28, 28, 784,
    ]);
    expect(Array.from(test.labels.subarray(0, 10))).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(test.pixels.length).toBe(10_000 * 784);
  });

  it("has the class counts of the published training set", async () => {
    const train = await loadMnist("train");
    const counts = new Array<number>(10).fill(0);
    for (const label of train.labels) counts[label]++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  });

  it("scales pixels to [0, 1]", () => {
    const image = imageAt(test, 0);
    expect(image.length).toBe(784);
    expect(Math.min(...image)).toBe(0);
    expect(Math.max(...image)).toBe(1);
    expect(image[7 * 28 + 7]).toBe(Math.fround(test.pixels[7 * 28 + 7] / 255));
  });

  it("refuses an image index out of range, naming it", () => {
    expect(() => imageAt(test, 10_000)).toThrow(/0 to 9999.*got 10000/);
    expect(() => imageAt(test, 1.5)).toThrow(RangeError);
  });
});

describe("missing or wrong MNIST files", () => {
  const labels = MNIST.files.test[1];

  async function folderWith(name: string, content: Uint8Array): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "idrs-"));
    await mkdir(join(folder, "mnist"));
    await writeFile(join(folder, "mnist", name), content);
    return folder;
  }

  it("are reported with the way to get them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idrs-"));
    await expect(loadMnist("test", folder)).rejects.toThrow(MissingDataError);
    await expect(loadMnist("test", folder)).rejects.toThrow(/t10k-.*idrs fetch/);
  });

  it("refuses a truncated file, a truncated gzip file, and changed content, naming file and expectation", async () => {
    const wrong = new Uint8Array(labels.bytes);
    const cases: [string, Uint8Array, RegExp][] = [
      [
        labels.name,
        wrong.subarray(0, 100),
        /t10k-labels-idx1-ubyte: has 100 bytes uncompressed, expected 10008/,
      ],
      [`${labels.name}.gz`, gzipSync(wrong).subarray(0, 20), /ubyte\.gz: not a complete gzip file/],
      [
        `${labels.name}.gz`,
        gzipSync(new Uint8Array(20_000)),
        /ubyte\.gz: not a complete gzip file of 10008 bytes/,
      ],
      [labels.name, wrong, /SHA-256 of the uncompressed content is [0-9a-f]{64}, expected ff7bcfd4/],
    ];
    for (const [name, content, message] of cases) {
      const folder = join(await folderWith(name, content), "mnist");
      await expect(readDataFile(folder, labels)).rejects.toThrow(message);
    }
  });

  it("refuses an IDX header of another kind", () => {
    const content = Buffer.alloc(12);
    content.writeUInt32BE(2051, 0);
    expect(() => readIdx("labels", content, 1)).toThrow("labels: magic number is 2051, expected 2049");
    content.writeUInt32BE(2049, 0);
    content.writeUInt32BE(5, 4);
    expect(() => readIdx("labels", content, 1)).toThrow("labels: holds 4 values, but its header says 5");
    expect(() => readIdx("labels", Buffer.alloc(3), 1)).toThrow(
      "labels: has 3 bytes, shorter than its header of 8",
    );
  });
});
