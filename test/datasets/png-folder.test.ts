import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { beforeEach, describe, expect, it } from "vitest";
import { imageAt } from "../../src/datasets/image-dataset";
import { loadPngFolder } from "../../src/datasets/png-folder";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "idrs-")), "fruit");
  await add("pear", "b.png", 2, 3, [30, 31, 32]);
  await add("apple", "2.png", 2, 3, [10, 11, 12]);
  await add("apple", "1.PNG", 2, 3, [0, 127, 255]);
});

/** Writes an image of one colour, but for its upper left pixel, which is white. */
async function add(
  className: string,
  file: string,
  width: number,
  height: number,
  colour: number[],
): Promise<void> {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++)
    png.data.set(i === 0 ? [255, 255, 255, 255] : [...colour, 255], 4 * i);
  await mkdir(join(folder, className), { recursive: true });
  await writeFile(join(folder, className, file), PNG.sync.write(png));
}

describe("a folder of PNG images", () => {
  it("is a data set, in the order of the names, channels apart", async () => {
    const fruit = await loadPngFolder(folder, { channels: 3 });
    expect(fruit).toMatchObject({
      name: "fruit",
      split: "test",
      count: 3,
      channels: 3,
      height: 3,
      width: 2,
      dimension: 18,
    });
    expect(fruit.classNames).toEqual(["apple", "pear"]);
    expect(Array.from(fruit.labels)).toEqual([0, 0, 1]);
    expect(Array.from(fruit.pixels.subarray(0, 18))).toEqual([
      ...[255, 0, 0, 0, 0, 0],
      ...[255, 127, 127, 127, 127, 127],
      ...[255, 255, 255, 255, 255, 255],
    ]);
    expect(imageAt(fruit, 2)[1]).toBe(Math.fround(30 / 255));
    const grey = await loadPngFolder(folder, { channels: 1, split: "train" });
    expect([grey.dimension, grey.split]).toEqual([6, "train"]);
    expect(Array.from(grey.pixels.subarray(6, 12))).toEqual([255, 10, 10, 10, 10, 10]);
  });

  it("has a checksum that every pixel and every name enters", async () => {
    const before = await loadPngFolder(folder, { channels: 3 });
    expect(await loadPngFolder(folder, { channels: 3 })).toEqual(before);
    await add("pear", "b.png", 2, 3, [30, 31, 33]);
    expect((await loadPngFolder(folder, { channels: 3 })).checksums).not.toEqual(before.checksums);
  });

  it("is refused with the name of what is wrong", async () => {
    await expect(loadPngFolder(join(folder, "nowhere"), { channels: 3 })).rejects.toThrow(
      /nowhere: cannot be read/,
    );
    await expect(loadPngFolder(join(folder, "pear"), { channels: 3 })).rejects.toThrow(
      /pear: has no PNG images/,
    );
    await expect(loadPngFolder(folder, { channels: 2 as 3 })).rejects.toThrow(
      /channels must be 1 or 3, got 2/,
    );
    await add("pear", "c.png", 3, 3, [0, 0, 0]);
    await expect(loadPngFolder(folder, { channels: 3 })).rejects.toThrow(
      /c\.png: is 3 × 3 pixels, expected 2 × 3/,
    );
    await writeFile(join(folder, "apple", "0.png"), "no image");
    await expect(loadPngFolder(folder, { channels: 3 })).rejects.toThrow(/0\.png: is no PNG image/);
  });
});
