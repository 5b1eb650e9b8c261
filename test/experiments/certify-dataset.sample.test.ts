import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ImageDataset } from "../../src/datasets/image-dataset";
import { certifyStripes, newFolder, rowsOf, stripes } from "./stripes";

/** Every fifth of the stripes, which knows so. */
const sample: ImageDataset = {
  ...stripes,
  name: "stripes (1 in 5)",
  count: 5,
  indices: Uint32Array.of(0, 5, 10, 15, 20),
  pixels: Uint8Array.from({ length: 20 }, (_, i) => stripes.pixels[Math.floor(i / 4) * 20 + (i % 4)]),
  labels: Uint8Array.from({ length: 5 }, (_, i) => stripes.labels[5 * i]),
  checksums: { sample: "another" },
  sampleOf: { name: stripes.name, count: stripes.count, checksums: stripes.checksums },
};

it("the record of a sample equals that of the whole set, in configuration and rows", async () => {
  for (const change of [{ every: 5 }, { every: 10, seed: 4 }]) {
    const [one, other] = [await newFolder(), await newFolder()];
    await certifyStripes(one, { ...change, dataset: stripes });
    await certifyStripes(other, { ...change, dataset: sample });
    expect(await rowsOf(other)).toEqual(await rowsOf(one));
    const configuration = (folder: string) => readFile(join(folder, "configuration.json"), "utf8");
    expect(await configuration(other)).toBe(await configuration(one));
  }
});

it("a run on the whole set is resumed on the sample", async () => {
  const folder = await newFolder();
  const stop = new AbortController();
  const change = { every: 5, signal: stop.signal, onRow: () => stop.abort(new Error("enough")) };
  await expect(certifyStripes(folder, change)).rejects.toThrow("enough");
  await certifyStripes(folder, { every: 5, dataset: sample });
  expect((await rowsOf(folder)).map((row) => (row as { index: number }).index)).toEqual([0, 5, 10, 15, 20]);
});

it("all images of a sample are certified by default", async () => {
  const folder = await newFolder();
  await certifyStripes(folder, { every: undefined, dataset: sample });
  expect((await rowsOf(folder)).map((row) => (row as { index: number }).index)).toEqual([0, 5, 10, 15, 20]);
});

it("a sample is not confused with the whole set", async () => {
  for (const every of [1, 2, 7]) {
    await expect(certifyStripes(await newFolder(), { every, dataset: sample })).rejects.toThrow(
      `every = ${every} asks for image ${every}, which is not in stripes (1 in 5)`,
    );
  }
});
