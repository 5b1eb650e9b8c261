import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ImageDataset, imageAt } from "../../src/datasets/image-dataset";
import { datasetDistances } from "../../src/variance/dataset-distances";
import { meanCenter, nearestNeighbor } from "../../src/variance/nearest-neighbor";
import { nearestDistances } from "../../src/variance/nearest-distances";

/** Images of 3 × 5 pixels that no two data sets share; `count` is beyond the block size of the search. */
function images(count: number, seed: number): ImageDataset {
  return {
    name: `random ${seed}`,
    split: "train",
    channels: 1,
    height: 3,
    width: 5,
    count,
    dimension: 15,
    pixels: Uint8Array.from(
      { length: count * 15 },
      (_, i) => (Math.imul(i + 977 * seed, 2654435761) >>> 13) & 255,
    ),
    labels: new Uint8Array(count),
    classNames: ["only"],
    checksums: { [`random ${seed}`]: String(count) },
  };
}

const [database, dataset] = [images(5000, 1), images(1500, 2)];

describe("the distances of a data set", () => {
  it("equal those of a brute-force search, across blocks, to the last bit", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idrs-"));
    const distances = await datasetDistances(database, dataset, 3, folder);
    expect(distances.length).toBe(4500);
    for (const index of [0, 1, 1023, 1024, 1499]) {
      const squares = Array.from({ length: database.count }, (_, image) => {
        let sum = 0;
        for (let p = 0; p < 15; p++)
          sum += (dataset.pixels[index * 15 + p] - database.pixels[image * 15 + p]) ** 2;
        return sum;
      }).sort((a, b) => a - b);
      const expected = squares.slice(0, 3).map((square) => Math.sqrt(square) / 255);
      expect(Array.from(distances.subarray(index * 3, index * 3 + 3))).toEqual(expected);
      expect((await nearestDistances(database, [imageAt(dataset, index)], 3))[0]).toEqual(
        Float64Array.from(expected),
      );
    }
  });

  it("give the center 'mean' as the mean distance of images to their nearest others", async () => {
    const few = images(40, 5);
    const distance = (i: number, j: number) => {
      let sum = 0;
      for (let p = 0; p < 15; p++) sum += (few.pixels[i * 15 + p] - few.pixels[j * 15 + p]) ** 2;
      return Math.sqrt(sum) / 255;
    };
    const means = Array.from({ length: 40 }, (_, i) => {
      const others = Array.from({ length: 40 }, (_, j) => j).filter((j) => j !== i);
      const nearest = others.map((j) => distance(i, j)).sort((a, b) => a - b);
      return (nearest[0] + nearest[1] + nearest[2]) / 3;
    });
    expect(await meanCenter(few, 3)).toBeCloseTo(means.reduce((sum, mean) => sum + mean, 0) / 40, 12);
  });

  it("are cached, and computed again if the cached file is damaged", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idrs-"));
    const first = await datasetDistances(database, dataset, 2, folder);
    const [name] = await readdir(folder);
    const kept = await readFile(join(folder, name));
    const without = { ...database, pixels: new Uint8Array(database.pixels.length) };
    expect(await datasetDistances(without, dataset, 2, folder)).toEqual(first); // read, not computed

    const tampered = Buffer.from(kept);
    tampered[100] ^= 1;
    for (const damaged of [tampered, kept.subarray(0, 99), Buffer.alloc(0)]) {
      await writeFile(join(folder, name), damaged);
      expect(await datasetDistances(database, dataset, 2, folder)).toEqual(first);
      expect(await readFile(join(folder, name))).toEqual(kept);
    }
  });

  it("are cached separately by k and data set", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idrs-"));
    await datasetDistances(database, dataset, 1, folder);
    await datasetDistances(database, dataset, 2, folder);
    await datasetDistances(database, images(1500, 3), 2, folder);
    expect((await readdir(folder)).length).toBe(3);
  });

  it("of data sets without checksums are cached by their pixels", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idrs-"));
    const few = images(20, 2);
    const [first, second] = [1, 4].map((seed) => ({ ...images(300, seed), checksums: {} }));
    const expected = await datasetDistances(images(300, 4), few, 2, folder);
    expect(await datasetDistances(first, few, 2, folder)).not.toEqual(expected);
    expect(await datasetDistances(second, few, 2, folder)).toEqual(expected);
    const [one, other] = [first, second].map((set) =>
      nearestNeighbor({ database: set, sigmaBase: 1, rate: 1, center: 0 }),
    );
    expect(one.parameters.databaseSha256).toMatch(/^[0-9a-f]{64} [0-9a-f]{64}$/);
    expect(one.parameters.databaseSha256).not.toBe(other.parameters.databaseSha256);
  });

  it("are cached separately by the number of images and their size", async () => {
    const folder = await mkdtemp(join(tmpdir(), "idrs-"));
    await datasetDistances(database, dataset, 2, folder);
    const fewer = { ...database, count: 100, pixels: database.pixels.slice(0, 1500) };
    const distances = await datasetDistances(fewer, dataset, 2, folder);
    expect(Array.from(distances.subarray(0, 2))).toEqual(
      Array.from((await nearestDistances(fewer, [imageAt(dataset, 0)], 2))[0]),
    );
  });

  it("are computed even if they cannot be cached", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "idrs-")), "file");
    await writeFile(path, "not a folder");
    expect((await datasetDistances(database, dataset, 1, path)).length).toBe(1500);
  });

  it("of images too large for integer products are found one by one, but refused for data sets", async () => {
    const dimension = 20_000;
    const pixels = new Uint8Array(3 * dimension).fill(255, dimension, 2 * dimension).fill(100, 2 * dimension);
    const large: ImageDataset = { ...database, count: 3, height: 100, width: 200, dimension, pixels };
    const [distances] = await nearestDistances(large, [new Float32Array(dimension)], 3);
    [0, Math.sqrt(dimension) * (100 / 255), Math.sqrt(dimension)].forEach((expected, i) => {
      expect(distances[i]).toBeCloseTo(expected, 9);
    });
    await expect(datasetDistances(large, large, 1, "nowhere")).rejects.toThrow(
      /at most 16512 values, got 20000/,
    );
  });

  it("refuse images of another size", async () => {
    const other = { ...dataset, dimension: 5 };
    await expect(datasetDistances(database, other, 1, "nowhere")).rejects.toThrow(/5 values .* images of 15/);
  });
});
