import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { PNG } from "pngjs";
import { beforeEach, describe, expect, it } from "vitest";
import { decodeImage } from "../../src/datasets/decode-image";
import { imageAt } from "../../src/datasets/image-dataset";
import { loadImageFolder } from "../../src/datasets/image-folder";
import { loadImages } from "../../src/datasets/load-images";

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "idrs-")), "fruit");
  await add("pear", "b.png", 2, 3, [30, 31, 32]);
  await add("apple", "2.png", 2, 3, [10, 11, 12]);
  await add("apple", "1.PNG", 2, 3, [0, 127, 255]);
});

/** Writes an image of one color, but for its upper left pixel, which is white. */
async function add(
  className: string,
  file: string,
  width: number,
  height: number,
  color: number[],
): Promise<void> {
  await mkdir(join(folder, className), { recursive: true });
  await writeFile(join(folder, className, file), encoded(width, height, color));
}

function encoded(width: number, height: number, color: number[], options: object = {}): Buffer {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++)
    png.data.set(i === 0 ? [255, 255, 255, 255] : [...color, color[3] ?? 255].slice(0, 4), 4 * i);
  return PNG.sync.write(png, options);
}

describe("a folder of images", () => {
  it("is a data set in the order of the names, channel by channel", async () => {
    const fruit = await loadImageFolder(folder, { channels: 3 });
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
  });

  it("is gray only if every pixel is", async () => {
    await expect(loadImageFolder(folder, { channels: 1 })).rejects.toThrow(
      /1\.PNG: is a color image, expected a gray image/,
    );
    await rm(join(folder, "apple", "1.PNG"));
    await add("apple", "2.png", 2, 3, [10, 10, 10]);
    await add("pear", "b.png", 2, 3, [30, 30, 30]);
    const gray = await loadImageFolder(folder, { channels: 1, split: "train" });
    expect([gray.dimension, gray.split]).toEqual([6, "train"]);
    expect(Array.from(gray.pixels.subarray(0, 6))).toEqual([255, 10, 10, 10, 10, 10]);
  });

  it("has a checksum of every pixel, name and label", async () => {
    const before = await loadImageFolder(folder, { channels: 3 });
    expect(await loadImageFolder(folder, { channels: 3 })).toEqual(before);
    const classNames = ["pear", "apple"];
    expect((await loadImageFolder(folder, { channels: 3, classNames })).checksums).not.toEqual(
      before.checksums,
    );
    await add("pear", "b.png", 2, 3, [30, 31, 33]);
    expect((await loadImageFolder(folder, { channels: 3 })).checksums).not.toEqual(before.checksums);
  });

  it("is refused with the name of the wrong file", async () => {
    await expect(loadImageFolder(join(folder, "nowhere"), { channels: 3 })).rejects.toThrow(
      /nowhere: cannot be read/,
    );
    await expect(loadImageFolder(join(folder, "pear"), { channels: 3 })).rejects.toThrow(
      /b\.png: is outside the class folders/,
    );
    await add("pear", "c.png", 3, 3, [0, 0, 0]);
    await expect(loadImageFolder(folder, { channels: 3 })).rejects.toThrow(
      /c\.png: has 3 × 3 pixels, expected 2 × 3/,
    );
    await writeFile(join(folder, "apple", "0.png"), "no image");
    await expect(loadImageFolder(folder, { channels: 3 })).rejects.toThrow(
      /0\.png: is not a PNG or JPEG image/,
    );
  });
});

describe("the classes of a folder", () => {
  const labelsOf = async (classNames?: string[]) => {
    const { labels, classNames: names } = await loadImageFolder(folder, { channels: 3, classNames });
    return [Array.from(labels), names];
  };

  it("exclude hidden folders of Jupyter and macOS, and files next to the class folders", async () => {
    for (const hidden of [".ipynb_checkpoints", "__MACOSX", ".git"])
      await add(hidden, "1.png", 2, 3, [1, 2, 3]);
    await mkdir(join(folder, "pear", ".ipynb_checkpoints"));
    await writeFile(join(folder, "pear", "._b.png"), "resource fork");
    await writeFile(join(folder, "README.md"), "fruit");
    await writeFile(join(folder, "pear", "notes.txt"), "fruit");
    expect(await labelsOf()).toEqual([
      [0, 0, 1],
      ["apple", "pear"],
    ]);
  });

  it("may be links, to folders and to images", async () => {
    await rename(join(folder, "pear"), join(folder, "..", "elsewhere"));
    await symlink(join(folder, "..", "elsewhere"), join(folder, "pear"));
    await symlink(join(folder, "apple", "2.png"), join(folder, "apple", "3.png"));
    expect(await labelsOf()).toEqual([
      [0, 0, 0, 1],
      ["apple", "pear"],
    ]);
    await symlink(join(folder, "nowhere"), join(folder, "banana"));
    await expect(labelsOf()).rejects.toThrow(/banana: cannot be read, perhaps because it is a broken link/);
    await rm(join(folder, "banana"));
    await symlink(join(folder, "apple"), join(folder, "apple", "again"));
    await expect(labelsOf()).rejects.toThrow(/again: is a folder within a class folder/);
  });

  it("keep their labels if they are named and a folder is missing or empty", async () => {
    const names = ["apple", "banana", "pear"];
    expect(await labelsOf(names)).toEqual([[0, 0, 2], names]);
    await mkdir(join(folder, "banana"));
    expect(await labelsOf(names)).toEqual([[0, 0, 2], names]);
    expect(await labelsOf(["pear", "apple", "banana"])).toEqual([
      [0, 1, 1],
      ["pear", "apple", "banana"],
    ]);
  });

  it("are refused if they are ambiguous", async () => {
    await expect(labelsOf(["apple"])).rejects.toThrow(/pear: is not one of the classes apple/);
    await expect(labelsOf(["apple", "pear", "apple"])).rejects.toThrow(
      /classNames must differ, got "apple" twice/,
    );
    await mkdir(join(folder, "banana"));
    await expect(labelsOf()).rejects.toThrow(/banana: has no images; .*classNames/);
    await mkdir(join(folder, "banana", "yellow"));
    await expect(labelsOf()).rejects.toThrow(/yellow: is a folder within a class folder/);
    await rm(join(folder, "banana"), { recursive: true });
    await writeFile(join(folder, "pear", "c.gif"), "GIF");
    await expect(labelsOf()).rejects.toThrow(/c\.gif: is an image in another format, expected \.png, \.jpg/);
    await expect(loadImageFolder(join(folder, ".."), { channels: 3 })).rejects.toThrow(
      /is a folder within a class folder/,
    );
  });
});

describe("an image that is not whole", () => {
  const whole = encoded(40, 50, [10, 200, 30]);

  it("is refused wherever it is cut off: nothing becomes black", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeImage("a.png", whole.subarray(0, length))).toThrow(/^a\.png: /);
    }
  });

  it("is refused if its data hold fewer or more pixels than its header says", () => {
    for (const height of [49, 51, 25, 100, 16_000_000]) {
      const lying = Buffer.from(whole);
      lying.writeUInt32BE(height, 20);
      expect(() => decodeImage("a.png", lying)).toThrow(/^a\.png: (is|has) /);
    }
  });

  it("is refused or decodes unchanged, whichever byte is changed", () => {
    const pixels = decodeImage("a.png", whole).pixels;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(whole);
        changed[at] ^= change;
        try {
          expect(decodeImage("a.png", changed).pixels).toEqual(pixels);
        } catch (error) {
          expect((error as Error).message).toMatch(/^a\.png: /);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("allocates no memory for a declared size or a stream of zeros", () => {
    const bomb = (width: number, height: number, zeros: number): Buffer => {
      const header = Buffer.alloc(13);
      header.writeUInt32BE(width, 0);
      header.writeUInt32BE(height, 4);
      header.set([8, 2, 0, 0, 0], 8);
      const chunk = (type: string, data: Buffer): Buffer => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(data.length);
        return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
      };
      return Buffer.concat([
        whole.subarray(0, 8),
        chunk("IHDR", header),
        chunk("IDAT", deflateSync(Buffer.alloc(zeros))),
        chunk("IEND", Buffer.alloc(0)),
      ]);
    };
    const before = process.memoryUsage().rss;
    expect(() => decodeImage("a.png", bomb(2 ** 31, 2 ** 31, 10))).toThrow(
      /has 2147483648 × 2147483648 pixels/,
    );
    expect(() => decodeImage("a.png", bomb(60_000, 60_000, 10))).toThrow(/expected 1 to 16777216 pixels/);
    expect(() => decodeImage("a.png", bomb(2, 2, 2e8))).toThrow(/more image data than its header says/);
    expect(() => decodeImage("a.png", bomb(0, 5, 10))).toThrow(/has 0 × 5 pixels/);
    expect(process.memoryUsage().rss - before).toBeLessThan(5e8);
  });

  it("is decoded correctly if interlaced or with a palette, and refused if bytes would be wrong", async () => {
    const fixture = (name: string) => readFile(join(__dirname, "fixtures", name));
    const palette = decodeImage("palette.png", await fixture("palette.png"));
    expect([palette.channels, palette.width, palette.height]).toEqual([3, 15, 18]);
    expect(() => decodeImage("a.png", encoded(2, 2, [1, 2, 3, 254]))).toThrow(/has transparent pixels/);
    const deep = await fixture("deep.png");
    expect(() => decodeImage("deep.png", deep)).toThrow(
      "deep.png: has 16 bits per sample, expected at most 8",
    );
    const gray = encoded(2, 2, [77, 77, 77], { colorType: 0, inputColorType: 6 });
    expect(decodeImage("gray.png", gray)).toMatchObject({
      channels: 1,
      pixels: Uint8Array.of(255, 77, 77, 77),
    });
  });
});

describe("JPEG images", () => {
  const fixture = (name: string) => readFile(join(__dirname, "fixtures", name));
  const formula = (channel: number, x: number, y: number) =>
    [(x % 5) * 40 + 7, (y % 6) * 30 + 3, (((x % 5) * (y % 6) * 9) % 256) + 1][channel];

  it("decode to what another program encoded, up to JPEG's loss", async () => {
    for (const name of ["color.jpg", "progressive.jpg", "gray.jpg"]) {
      const { channels, width, height, pixels } = decodeImage(name, await fixture(name));
      expect([channels, width, height]).toEqual([name === "gray.jpg" ? 1 : 3, 15, 18]);
      let sum = 0;
      pixels.forEach((value, i) => {
        sum += Math.abs(value - formula(Math.floor(i / 270), i % 15, Math.floor((i % 270) / 15)));
      });
      expect(sum / pixels.length).toBeLessThan(6);
    }
  });

  it("are refused if they are cut off, have four color components, or declare too many pixels", async () => {
    const whole = await fixture("color.jpg");
    for (let length = 0; length < whole.length - 2; length += 7) {
      expect(() => decodeImage("a.jpg", whole.subarray(0, length))).toThrow(/^a\.jpg: /);
    }
    const four = await fixture("cmyk.jpg");
    expect(() => decodeImage("a.jpg", four)).toThrow(/has 4 color components, expected 1 \(gray\) or 3/);
    const large = Buffer.from(whole);
    const frame = large.indexOf(Buffer.from([0xff, 0xc0]));
    large.writeUInt16BE(65_535, frame + 5);
    large.writeUInt16BE(65_535, frame + 7);
    expect(() => decodeImage("a.jpg", large)).toThrow(/has 65535 × 65535 pixels/);
  });

  it("may be in class folders together with PNG images", async () => {
    const own = await mkdtemp(join(tmpdir(), "idrs-"));
    for (const className of ["a", "b"]) {
      await mkdir(join(own, className));
      await writeFile(join(own, className, "1.jpeg"), await fixture("color.jpg"));
      await writeFile(join(own, className, "2.png"), await fixture("palette.png"));
    }
    const images = await loadImages(own);
    expect([images.count, images.channels, Array.from(images.labels)]).toEqual([4, 3, [0, 0, 1, 1]]);
    await writeFile(join(own, "a", "0.jpg"), await fixture("gray.jpg"));
    await expect(loadImages(own)).rejects.toThrow(
      /1\.jpeg: is a color image, but .*0\.jpg is gray: set channels to 3/,
    );
    expect((await loadImages(own, { channels: 3 })).count).toBe(5);
  });
});

describe("images with labels in a list", () => {
  const list = (text: string) => writeFile(join(folder, "labels.csv"), text);
  const load = async (options = {}) => {
    const { labels, classNames, name } = await loadImages(folder, options);
    return [name, Array.from(labels), classNames];
  };

  it("are in its order, by class index or by class name", async () => {
    await list("file,label\npear/b.png,2\napple/1.PNG,0\n");
    expect(await load()).toEqual(["fruit", [2, 0], ["0", "1", "2"]]);
    expect(await load({ classNames: 5 })).toEqual(["fruit", [2, 0], ["0", "1", "2", "3", "4"]]);
    await list("\uFEFFlabel,filename\npear,pear/b.png\napple,apple/1.PNG\n");
    expect(await load()).toEqual(["fruit", [1, 0], ["apple", "pear"]]);
    expect(await load({ classNames: ["pear", "fig", "apple"] })).toEqual([
      "fruit",
      [0, 2],
      ["pear", "fig", "apple"],
    ]);
  });

  it("are all names or all indices", async () => {
    await list("file,label\npear/b.png,1\napple/1.PNG,0\n");
    expect(await load({ classNames: ["1", "0"] })).toEqual(["fruit", [0, 1], ["1", "0"]]);
    expect(await load({ classNames: ["3", "1"] })).toEqual(["fruit", [1, 0], ["3", "1"]]);
    await list("file,label\npear/b.png,1\napple/1.PNG,3\n");
    await expect(load({ classNames: ["3", "5"] })).rejects.toThrow(
      /line 3: the label must be an index below 2, since not all labels are class names, got "3"/,
    );
  });

  it("are of the folder that was named, wherever the list is", async () => {
    const inside = join(folder, "..", "inside.csv");
    await writeFile(inside, "file,label\nfruit/pear/b.png,1\n");
    expect(await load({ labels: inside })).toEqual(["fruit", [1], ["0", "1"]]);
    await cp(join(folder, "pear"), join(folder, "..", "other"), { recursive: true });
    await writeFile(inside, "file,label\nother/b.png,1\n");
    await expect(load({ labels: inside })).rejects.toThrow(
      /inside\.csv, line 2: the file must be in .*fruit, got "other\/b\.png"/,
    );
    await list("file,label\npear/b.png,1\n");
    await expect(loadImages(join(folder, "labels.csv"), { labels: inside })).rejects.toThrow(
      /labels\.csv: labels does not apply to a file that holds its labels/,
    );
  });

  it("are refused, naming the line: paths that leave the folder, invalid labels", async () => {
    const cases: [string, RegExp, object?][] = [
      ["file,label\n../secret.png,0\n", /line 2: the file must be in .*fruit, got "\.\.\/secret\.png"/],
      ["file,label\npear/../../x.png,0\n", /line 2: the file must be in/],
      ["file,label\n/etc/passwd,0\n", /line 2: the file must be in/],
      ["file,label\npear/b.png,3\n", /line 2: the label must be one of 0, 1, got "3"/, { classNames: 2 }],
      [
        "file,label\npear/b.png,plum\n",
        /line 2: the label must be one of pear, got "plum"/,
        { classNames: ["pear"] },
      ],
      ["file,label\npear/none.png,0\n", /none\.png: there is no such file/],
      ["file,label\n", /lists no images/],
      ["image_path,y\npear/b.png,0\n", /has no column file or .* only: image_path, y/],
      ["file,label\npear/b.png,99999999999\n", /classes without names must be 1 to 1000000/],
    ];
    for (const [text, message, options] of cases) {
      await list(text);
      await expect(load(options)).rejects.toThrow(message);
    }
  });
});
