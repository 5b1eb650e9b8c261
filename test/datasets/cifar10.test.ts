import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCifar10 } from "../../src/datasets/cifar10";
import { loadCifar10Distances } from "../../src/datasets/cifar10-distances";
import { MissingDataError } from "../../src/datasets/data-file";
import { dataFolder } from "../../src/datasets/data-folder";
import { everyNth, imageAt, requireDataset } from "../../src/datasets/image-dataset";
import { meanCenter, nearestNeighbor } from "../../src/variance/nearest-neighbor";
import { nearestSquaredByteDistances } from "../../src/variance/nearest-distances";

const folder = join(dataFolder(), "cifar-10-batches-bin");
const noCifar10 =
  !existsSync(join(folder, "test_batch.bin")) && !existsSync(join(folder, "test_batch.bin.gz"));
if (noCifar10)
  console.warn(`skipped: CIFAR-10 is not in ${folder}: run "idrs fetch cifar10" or set IDRS_DATA`);

describe.skipIf(noCifar10)("CIFAR-10 from the data folder", () => {
  it("has the published sizes, and 1000 or 5000 images per class", async () => {
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

  it("keeps the red, green and blue planes apart, as the published first images show", async () => {
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

/** Whether two arrays of one kind are equal; a matcher takes seconds for the pixels of a data set. */
function isSame(one: Uint8Array | Float32Array, other: Uint8Array | Float32Array): boolean {
  return Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(
    Buffer.from(other.buffer, other.byteOffset, other.byteLength),
  );
}

describe("the sample of CIFAR-10 that comes with the repository", () => {
  const repository = join(__dirname, "../../data");

  it("knows which images it holds, and differs from the whole set", async () => {
    const sample = await loadCifar10("test", { every: 20, folder: repository });
    requireDataset(sample);
    expect([sample.count, sample.labels.length, sample.pixels.length]).toEqual([500, 500, 500 * 3072]);
    expect(Array.from(sample.indices ?? []).slice(0, 3)).toEqual([0, 20, 40]);
    expect(sample.name).toBe("cifar10 (1 in 20)");
    expect(sample.sampleOf).toMatchObject({ name: "cifar10", count: 10_000 });
    expect(Object.values(sample.checksums)).not.toEqual(Object.values(sample.sampleOf?.checksums ?? {}));
    await expect(loadCifar10("test", { every: 10, folder: repository })).rejects.toThrow(MissingDataError);
    for (const options of [repository, { folder: repository }, { every: 30, folder: repository }]) {
      await expect(loadCifar10("test", options)).rejects.toThrow(/test_batch\.bin .*idrs fetch cifar10/);
    }
    await expect(loadCifar10("test", { every: 0 })).rejects.toThrow(
      /every must be an integer of at least 1, got 0/,
    );
  });

  it.skipIf(noCifar10)("is what the full set gives, for 20 and its multiples", async () => {
    const onlyFull = await mkdtemp(join(tmpdir(), "idrs-"));
    await symlink(folder, join(onlyFull, "cifar-10-batches-bin"));
    const whole = await loadCifar10("test", onlyFull);
    for (const every of [20, 60]) {
      const sample = await loadCifar10("test", { every, folder: repository });
      const { pixels, ...rest } = await loadCifar10("test", { every, folder: onlyFull });
      const { pixels: ofSample, ...restOfSample } = sample;
      expect(rest).toEqual(restOfSample);
      expect(isSame(pixels, ofSample)).toBe(true);
      sample.indices?.forEach((index, i) => {
        expect(sample.labels[i]).toBe(whole.labels[index]);
        expect(isSame(imageAt(sample, i), imageAt(whole, index))).toBe(true);
      });
    }
    const seventh = await loadCifar10("train", { every: 7, folder: onlyFull });
    const train = await loadCifar10("train", onlyFull);
    expect(imageAt(seventh, 7142)).toEqual(imageAt(train, 49_994));
  });

  it("may be removed with its folder, and is refused if damaged", async () => {
    const copy = await mkdtemp(join(tmpdir(), "idrs-"));
    await cp(join(repository, "cifar-10-sample"), join(copy, "cifar-10-sample"), { recursive: true });
    await writeFile(join(copy, "cifar-10-sample", "distances.csv"), "index,d1\n0,1\n");
    await expect(loadCifar10Distances(copy)).rejects.toThrow(
      /distances\.csv: has 13 bytes uncompressed, expected/,
    );
    await rm(join(copy, "cifar-10-sample"), { recursive: true });
    await expect(loadCifar10("test", { every: 20, folder: copy })).rejects.toThrow(MissingDataError);
    await expect(loadCifar10Distances(copy)).rejects.toThrow(MissingDataError);
  });

  it("is found in the repository even if IDRS_DATA names a folder without it", async () => {
    const before = process.env.IDRS_DATA;
    const empty = await mkdtemp(join(tmpdir(), "idrs-"));
    process.env.IDRS_DATA = empty;
    try {
      const sample = await loadCifar10("test", { every: 20 });
      const known = await loadCifar10Distances();
      expect(known.squaresOf(sample.pixels.subarray(0, 3072))).toHaveLength(20);
      await expect(loadCifar10("test", { every: 7 })).rejects.toThrow(`is not in ${empty}`);
      await expect(loadCifar10Distances(empty)).rejects.toThrow(MissingDataError);
    } finally {
      if (before === undefined) delete process.env.IDRS_DATA;
      else process.env.IDRS_DATA = before;
    }
  });

  it("comes with its images' distances to their nearest training images", async () => {
    const sample = await loadCifar10("test", { every: 20, folder: repository });
    const known = await loadCifar10Distances(repository);
    const squares = (image: number) =>
      known.squaresOf(sample.pixels.subarray(image * 3072, (image + 1) * 3072));
    for (let image = 0; image < 500; image++) {
      const distances = squares(image) ?? [];
      expect(distances.length).toBe(20);
      expect([...distances].sort((a, b) => a - b)).toEqual([...distances]);
    }
    const other = sample.pixels.slice(0, 3072);
    other[17] ^= 1;
    expect(known.squaresOf(other)).toBeUndefined();
  });

  it("gives σ(x) at these images only, and says so", async () => {
    const sample = await loadCifar10("test", { every: 20, folder: repository });
    const options = {
      database: await loadCifar10Distances(repository),
      sigmaBase: 0.5,
      rate: 0.01,
      center: 5,
    };
    const { sigma, parameters } = nearestNeighbor(options);
    expect(parameters).toMatchObject({ database: "cifar10 train", neighbors: 20 });
    const [x, other] = [imageAt(sample, 3), imageAt(sample, 3)];
    other[5] = 0.123;
    expect((await sigma([x]))[0]).toBeCloseTo(0.5, 1);
    for (const elsewhere of [other, x.map((value) => (value === 1 ? 0 : 1))]) {
      await expect(sigma([x, elsewhere])).rejects.toThrow(/needs the full set: "idrs fetch cifar10"/);
    }
    expect(() => nearestNeighbor({ ...options, neighbors: 21 })).toThrow(
      /neighbors must be an integer from 1 to 20, got 21/,
    );
    await expect(meanCenter(options.database)).rejects.toThrow(/needs the full set/);
  });

  it.skipIf(noCifar10)(
    "has the distances that a search gives, and so the same σ(x) to the last bit",
    async () => {
      const train = await loadCifar10("train");
      const sample = await loadCifar10("test", { every: 20 });
      const known = await loadCifar10Distances(repository);
      const images = [0, 7, 499].map((place) => imageAt(sample, place));
      for (const [rate, center, neighbors] of [
        [0.01, 5, 20],
        [0.3, 0, 1],
        [0.015, 4.5, 7],
      ]) {
        const [one, other] = [known, train].map((database) =>
          nearestNeighbor({ database, sigmaBase: 0.5, rate, center, neighbors }),
        );
        expect(await one.sigma(images)).toEqual(await other.sigma(images));
        expect({ ...one, sigma: undefined }).toEqual({ ...other, sigma: undefined });
      }
      const searched = await nearestSquaredByteDistances(train, sample.pixels, 20);
      for (let image = 0; image < 500; image++) {
        const squares = known.squaresOf(sample.pixels.subarray(image * 3072, (image + 1) * 3072));
        expect(squares).toEqual(searched.subarray(image * 20, (image + 1) * 20));
      }
    },
  );
});

describe("the images 0, every, 2 · every, …", () => {
  it("are found by their index, in the whole set and in a sample that has them", async () => {
    const sample = await loadCifar10("test", { every: 20, folder: join(__dirname, "../../data") });
    expect(everyNth(sample, 20).length).toBe(500);
    expect(everyNth(sample, 2000).map(({ index, place }) => [index, place])).toEqual([
      [0, 0],
      [2000, 100],
      [4000, 200],
      [6000, 300],
      [8000, 400],
    ]);
    expect(() => everyNth(sample, 1)).toThrow(
      "every = 1 asks for image 1, which is not in cifar10 (1 in 20)",
    );
    expect(() => everyNth(sample, 30)).toThrow(/asks for image 30/);
    const whole = { ...sample, sampleOf: undefined, indices: undefined };
    expect(everyNth(whole, 250).map(({ index, place }) => [index, place])).toEqual([
      [0, 0],
      [250, 250],
    ]);
  });
});

it("the error for missing CIFAR-10 names the file", async () => {
  const empty = await mkdtemp(join(tmpdir(), "idrs-"));
  await expect(loadCifar10("test", empty)).rejects.toThrow(MissingDataError);
  await expect(loadCifar10("test", empty)).rejects.toThrow(/test_batch\.bin .*idrs fetch/);
});
