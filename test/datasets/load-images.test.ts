import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { type ImageDataset, imageAt, requireDataset } from "../../src/datasets/image-dataset";
import { loadImages, type LoadImagesOptions } from "../../src/datasets/load-images";
import { nearestNeighbor } from "../../src/variance/nearest-neighbor";

const fixtures = join(__dirname, "fixtures");

/** The four images of the fixtures, by their formula, as bytes in the order of the data sets. */
const expected = Uint8Array.from({ length: 4 * 3 * 6 * 5 }, (_, i) => {
  const [k, channel, y, x] = [Math.floor(i / 90), Math.floor(i / 30) % 3, Math.floor(i / 5) % 6, i % 5];
  return [x * 40 + k * 7, y * 30 + k * 3, x * y * 9 + k][channel];
});
const labels = [0, 2, 1, 2];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});

/** An array in NumPy's format. */
function npy(type: string, shape: readonly number[], data: Uint8Array, isFortran: boolean = false): Buffer {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type}', 'fortran_order': ${isFortran ? "True" : "False"}, 'shape': (${axes}), }`;
  const header = text.padEnd(117) + "\n";
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(header), data]);
}

const bytesOf = (values: Float32Array | Float64Array | Uint16Array | Int32Array) =>
  new Uint8Array(values.buffer);

async function load(
  images: Uint8Array,
  classes: Uint8Array = npy("|u1", [4], Uint8Array.from(labels)),
  options: LoadImagesOptions = {},
): Promise<ImageDataset> {
  await writeFile(join(folder, "images.npy"), images);
  await writeFile(join(folder, "labels.npy"), classes);
  return loadImages(join(folder, "images.npy"), options);
}

function expectFixture(dataset: ImageDataset): void {
  requireDataset(dataset);
  expect([dataset.count, dataset.channels, dataset.height, dataset.width]).toEqual([4, 3, 6, 5]);
  expect(dataset.pixels).toEqual(expected);
  expect(Array.from(dataset.labels)).toEqual(labels);
}

describe("NumPy's arrays", () => {
  it("have checksums that tell apart levels, shapes, layouts and labels, but not forms of the same pixels", async () => {
    const deep = npy("<u2", [4, 3, 6, 5], bytesOf(Uint16Array.from(expected, (byte) => byte * 257)));
    const square = npy("|u1", [4, 3, 10, 3], expected);
    const bytes = npy("|u1", [4, 3, 6, 5], expected);
    const other = npy("|u1", [4], Uint8Array.of(0, 2, 1, 1));
    const checksumsOf = async (...args: Parameters<typeof load>) =>
      JSON.stringify((await load(...args)).checksums);
    const found = [
      await checksumsOf(deep, undefined, { levels: 65_535 }),
      await checksumsOf(deep, undefined, { levels: 2 ** 20 }),
      await checksumsOf(square, undefined, { layout: "NCHW" }),
      await checksumsOf(square, undefined, { layout: "NHWC" }),
      await checksumsOf(bytes, other),
    ];
    expect(new Set(found).size).toBe(5);
    expect(await checksumsOf(bytes)).toBe(found[0]);
  });

  it("are read as NumPy wrote them: an archive of bytes with channels last, and files of floats with channels first", async () => {
    const archive = await loadImages(join(fixtures, "images.npz"));
    expectFixture(archive);
    expect([archive.name, archive.split, archive.classNames]).toEqual([
      "images.npz",
      "test",
      ["0", "1", "2"],
    ]);
    const files = await loadImages(join(fixtures, "x_test.npy"), {
      classNames: ["cat", "dog", "owl", "cow"],
    });
    expectFixture(files);
    expect(files.classNames).toEqual(["cat", "dog", "owl", "cow"]);
  });

  it("keep floats that are not bytes / 255, and integers of more bits with their levels", async () => {
    const floats = Float32Array.from(expected, (value) => value / 300);
    const kept = await load(npy("<f4", [4, 3, 6, 5], bytesOf(floats)));
    expect(kept.pixels).toEqual(floats);
    expect(imageAt(kept, 1)).toEqual(floats.slice(90, 180));
    expect(() => nearestNeighbor({ database: kept, sigmaBase: 1, rate: 0, center: 0, neighbors: 1 })).toThrow(
      /the pixels of .*images\.npy must be bytes to search for nearest images, got floats/,
    );
    const doubles = Float64Array.from(expected, (value) => value / 255);
    expectFixture(await load(npy("<f8", [4, 3, 6, 5], bytesOf(doubles))));
    // float16: the nearest to each byte over 255, and values that are none.
    const half = (value: number): number => {
      const exponent = value === 0 ? -15 : Math.floor(Math.log2(value));
      return value === 0 ? 0 : Math.round((value / 2 ** exponent + exponent + 14) * 1024);
    };
    const halves = Uint16Array.from(expected, (byte) => half(byte / 255));
    expectFixture(await load(npy("<f2", [4, 3, 6, 5], bytesOf(halves))));
    const tiny = halves.map((value) => (value === 0 ? half(0.0002) : value)); // within 2^-12 of 0
    expect((await load(npy("<f2", [4, 3, 6, 5], bytesOf(tiny)))).pixels).toBeInstanceOf(Float32Array);
    const between = await load(npy("<f2", [4, 3, 6, 5], bytesOf(halves.map(() => half(0.25)))));
    expect(between.pixels).toEqual(new Float32Array(360).fill(0.25));
    const deep = Uint16Array.from(expected, (value) => value * 257);
    expectFixture(await load(npy("<u2", [4, 3, 6, 5], bytesOf(deep)), undefined, { levels: 65_535 }));
    const odd = await load(npy("<u2", [4, 3, 6, 5], bytesOf(deep.map((value) => value + 1))), undefined, {
      levels: 65_535,
    });
    expect(odd.pixels[0]).toBe(Math.fround(1 / 65_535));
    const swapped = Buffer.from(bytesOf(floats)).swap32();
    expect((await load(npy(">f4", [4, 3, 6, 5], swapped))).pixels).toEqual(floats);
  });

  it("must be stored as bytes or float32 in a data set", async () => {
    const dataset = await loadImages(join(fixtures, "images.npz"));
    const doubles = Float64Array.from(expected, (value) => value / 255) as unknown as Float32Array;
    expect(() => requireDataset({ ...dataset, pixels: doubles })).toThrow(
      /the pixels of images\.npz must be a Uint8Array \(0 to 255\) or a Float32Array \(0 to 1\), got Float64Array/,
    );
  });

  it("need no channels: count × H × W, and may have labels as a column", async () => {
    const gray = await load(
      npy("|u1", [4, 9, 10], expected),
      npy("<i8", [4, 1], new Uint8Array(BigInt64Array.of(0n, 1n, 0n, 1n).buffer)),
    );
    expect([gray.channels, gray.height, gray.width, gray.classNames.length]).toEqual([1, 9, 10, 2]);
    const archive = join(folder, "medical.npz");
    await writeFile(
      archive,
      zip([
        ["train_images.npy", npy("|u1", [1, 2, 2], new Uint8Array(4))],
        ["train_labels.npy", npy("|u1", [1, 1], new Uint8Array(1))],
      ]),
    );
    expect((await loadImages(archive, { split: "train" })).count).toBe(1);
    await expect(loadImages(archive)).rejects.toThrow(
      /has no array of images \(x_test, .* only: train_images, train_labels/,
    );
  });

  it("are refused if they contradict themselves, with one line that names the file", async () => {
    const u1 = (shape: number[], data: Uint8Array = expected) => npy("|u1", shape, data);
    const cases: [Uint8Array, RegExp, Uint8Array?, LoadImagesOptions?][] = [
      [u1([4, 3, 6, 6]), /has 360 bytes of values, but its header says 4 × 3 × 6 × 6 of 1 bytes/],
      [u1([400_000_000, 3, 6, 5]), /its header says 400000000 × 3 × 6 × 5/],
      [u1([2 ** 53, 2 ** 53, 2 ** 53, 2 ** 53]), /its header says/],
      [u1([4, 3, 6, 5], expected.subarray(1)), /has 359 bytes of values/],
      [u1([4, 90]), /its shape is 4 × 90, expected images × channels × height × width/],
      [u1([4, 2, 9, 5]), /its shape is 4 × 2 × 9 × 5, expected 1 or 3 channels/],
      [u1([0, 3, 6, 5], new Uint8Array()), /has no images/],
      [u1([4, 3, 10, 3]), /which fits NCHW and NHWC: name the layout/],
      [u1([4, 3, 6, 5]), /expected 1 or 3 channels \(NHWC\)/, undefined, { layout: "NHWC" }],
      [npy("|O", [4, 3, 6, 5], expected), /its values are '\|O', expected numbers/],
      [
        npy("<f2", [4, 3, 6, 5], expected),
        /has 360 bytes of values, but its header says 4 × 3 × 6 × 5 of 2 bytes/,
      ],
      [npy("<f2", [4, 3, 6, 5], bytesOf(new Uint16Array(360).fill(0x7e00))), /value 0 is not a number/],
      [
        npy("<f2", [4, 3, 6, 5], bytesOf(new Uint16Array(360).fill(0x4000))),
        /has values from 2 to 2, expected \[0, 1\]/,
      ],
      [npy("<c8", [4, 3, 6, 5], expected), /its values are '<c8'/],
      [npy("|u1", [4, 3, 6, 5], expected, true), /is in Fortran order/],
      [
        npy("<i4", [4, 3, 6, 5], bytesOf(Int32Array.from(expected))),
        /holds integers from 0 to \d+ \(i4\), expected bytes/,
      ],
      [
        npy("<u2", [4, 3, 6, 5], bytesOf(Uint16Array.from(expected))),
        /has values from 0 to \d+, expected 0 to 100/,
        undefined,
        { levels: 100 },
      ],
      [
        npy("<f4", [4, 3, 6, 5], bytesOf(new Float32Array(360))),
        /levels applies to integers, but the array holds floats \(f4\)/,
        undefined,
        { levels: 100 },
      ],
      [
        npy("<f4", [4, 3, 6, 5], bytesOf(Float32Array.from(expected))),
        /has values from 0 to \d+, expected \[0, 1\]: divide by 255/,
      ],
      [npy("<f4", [4, 3, 6, 5], bytesOf(new Float32Array(360).fill(-0.5))), /has values from -0.5/],
      [npy("<f4", [4, 3, 6, 5], bytesOf(new Float32Array(360).fill(NaN))), /value 0 is not a number/],
      [npy("<f4", [4, 3, 6, 5], bytesOf(new Float32Array(360).fill(Infinity))), /has values from Infinity/],
      [Buffer.from("no array"), /is not a \.npy file/],
      [npy("|u1", [4, 3, 6, 5], expected).subarray(0, 60), /its header is cut off/],
      [Buffer.from("\x93NUMPY\x09\x00\x10\x00{}", "latin1"), /has \.npy version 9/],
      [Buffer.from("\x93NUMPY\x01\x00\x04\x00junk", "latin1"), /its header does not describe an array: junk/],
      [
        u1([4, 3, 6, 5]),
        /its shape is 3, expected one label for each of 4 images/,
        npy("|u1", [3], new Uint8Array(3)),
      ],
      [u1([4, 3, 6, 5]), /its shape is 4 × 10, expected one label/, npy("|u1", [4, 10], new Uint8Array(40))],
      [u1([4, 3, 6, 5]), /labels are floats \(f4\), expected integers/, npy("<f4", [4], new Uint8Array(16))],
      [
        u1([4, 3, 6, 5]),
        /label 0 of .*labels\.npy must be an integer from 0 to \d+, got -1/,
        npy("<i4", [4], bytesOf(new Int32Array(4).fill(-1))),
      ],
      [
        u1([4, 3, 6, 5]),
        /classes without names must be 1 to 1000000, got 2147483648/,
        npy("<i4", [4], bytesOf(new Int32Array(4).fill(2 ** 31 - 1))),
      ],
      [
        u1([4, 3, 6, 5]),
        /label 1 of .*labels\.npy must be an integer from 0 to 1, got 2/,
        undefined,
        { classNames: ["a", "b"] },
      ],
      [u1([4, 3, 6, 5]), /labels\.npz?y?: there is no such file/, undefined, { labels: "none/labels.npy" }],
      [u1([4, 3, 6, 5]), /channels does not apply to arrays/, undefined, { channels: 3 }],
    ];
    const archive = join(fixtures, "images.npz");
    await expect(loadImages(archive, { labels: "y_test.npy" })).rejects.toThrow(
      /images\.npz: labels does not apply to a file that holds its labels/,
    );
    for (const [images, message, classes, options] of cases) {
      await expect(load(images, classes, options)).rejects.toThrow(message);
    }
    await writeFile(join(folder, "lonely.npy"), u1([4, 3, 6, 5]));
    await writeFile(join(folder, "lonely_labels.npy"), "no labels");
    await expect(loadImages(join(folder, "lonely.npy"))).rejects.toThrow(
      /lonely_labels\.npy: is not a \.npy file/,
    );
    await expect(loadImages(join(fixtures, "y_test.npy"))).rejects.toThrow(
      /expected the labels in the same folder .*, got none; name the file of labels/,
    );
  });

  it("are refused or read completely, whatever is changed in an archive", async () => {
    const whole = await readFile(join(fixtures, "images.npz"));
    const path = join(folder, "changed.npz");
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(whole);
        changed[at] ^= change;
        await writeFile(path, changed);
        try {
          const { pixels } = await loadImages(path);
          expect(pixels).toEqual(expected);
        } catch (error) {
          expect((error as Error).message).toMatch(/changed\.npz/);
          refused++;
        }
      }),
      { seed: 1, numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(50);
    for (let length = 0; length < whole.length; length += 11) {
      await writeFile(path, whole.subarray(0, length));
      await expect(loadImages(path)).rejects.toThrow(/changed\.npz: is not a \.npz file, or is damaged/);
    }
  });
});

/** A ZIP archive of packed files, which may declare another size than they have. */
function zip(files: readonly [name: string, content: Uint8Array, declared?: number][]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, content, declared = content.length] of files) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(declared, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const header = Buffer.alloc(16);
    header.writeUInt32LE(at, 12);
    central.push(
      Buffer.concat([
        Buffer.from("PK\x01\x02"),
        Buffer.from([20, 0]),
        common,
        header.subarray(2),
        Buffer.from(name),
      ]),
    );
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...locals, directory, Buffer.from("PK\x05\x06"), end]);
}

describe("an archive of arrays that breaks the rules", () => {
  const array = npy("|u1", [1, 2, 2], new Uint8Array(4));
  const classes = npy("|u1", [1], new Uint8Array(1));
  const loadZip = async (...files: Parameters<typeof zip>[0]) => {
    const path = join(folder, "hostile.npz");
    await writeFile(path, zip(files));
    return loadImages(path);
  };

  it("is read if it follows them", async () => {
    expect((await loadZip(["images.npy", array], ["labels.npy", classes])).count).toBe(1);
  });

  it("is refused: names that leave the folder, wrong sizes, bombs", async () => {
    for (const name of ["../images.npy", "/images.npy", "a/../../images.npy", "a\\..\\images.npy"]) {
      await expect(loadZip([name, array], ["labels.npy", classes])).rejects.toThrow(
        /hostile\.npz: is not a \.npz file, or is damaged: /,
      );
    }
    for (const declared of [array.length - 1, array.length + 1, 3]) {
      await expect(loadZip(["images.npy", array, declared], ["labels.npy", classes])).rejects.toThrow(
        /hostile\.npz/,
      );
    }
    const before = process.memoryUsage().rss;
    await expect(loadZip(["images.npy", array, 2 ** 32 - 2], ["labels.npy", classes])).rejects.toThrow(
      /images declares 4294967294 bytes, packed in \d+/,
    );
    const zeros = new Uint8Array(50_000_000);
    await expect(loadZip(["images.npy", zeros, 1000], ["labels.npy", classes])).rejects.toThrow(
      /hostile\.npz/,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(3e8);
  });
});

describe("official files", () => {
  const idx = (lengths: number[], data: Uint8Array): Buffer => {
    const header = Buffer.alloc(4 + 4 * lengths.length);
    header.writeUInt32BE(0x0800 + lengths.length, 0);
    lengths.forEach((length, i) => header.writeUInt32BE(length, 4 + 4 * i));
    return Buffer.concat([header, data]);
  };

  it("of MNIST's format are read plain and gzipped, by split", async () => {
    await writeFile(
      join(folder, "t10k-images-idx3-ubyte.gz"),
      gzipSync(idx([2, 3, 3], expected.subarray(0, 18))),
    );
    await writeFile(join(folder, "t10k-labels-idx1-ubyte"), idx([2], Uint8Array.of(1, 4)));
    const test = await loadImages(folder);
    expect([test.count, test.height, Array.from(test.labels), test.classNames.length]).toEqual([
      2,
      3,
      [1, 4],
      5,
    ]);
    expect(Array.from(test.pixels)).toEqual(Array.from(expected.subarray(0, 18)));
    await expect(loadImages(folder, { split: "train" })).rejects.toThrow(
      /train-images-idx3-ubyte.*there is no such file/,
    );
    await writeFile(join(folder, "t10k-labels-idx1-ubyte"), idx([3], Uint8Array.of(1, 4, 5)));
    await expect(loadImages(folder)).rejects.toThrow(/has 3 labels, expected 2/);
    await writeFile(join(folder, "t10k-labels-idx1-ubyte"), idx([2 ** 31], Uint8Array.of(1, 4, 5)));
    await expect(loadImages(folder)).rejects.toThrow(/holds 3 values, but its header says 2147483648/);
    await writeFile(
      join(folder, "t10k-images-idx3-ubyte.gz"),
      gzipSync(new Uint8Array(2 ** 20)).subarray(0, 500),
    );
    await expect(loadImages(folder)).rejects.toThrow(/ubyte\.gz: is not a complete gzip file/);
  });

  it("of MNIST itself are read like those of the repository", async () => {
    const test = await loadImages(join(__dirname, "../../data/mnist"));
    expect([test.count, Array.from(test.labels.subarray(0, 5))]).toEqual([10_000, [7, 2, 1, 0, 4]]);
  });

  it("of CIFAR-100 have fine labels and the right size", async () => {
    const record = Buffer.alloc(10_000 * 3074);
    record.set([19, 99, 11, 12], 0);
    record.set([3, 50, 77], 3074);
    const names = Array.from({ length: 100 }, (_, c) => `class ${c}`).join("\n");
    await writeFile(join(folder, "fine_label_names.txt"), `${names}\n\n`);
    await writeFile(join(folder, "test.bin.gz"), gzipSync(record, { level: 1 }));
    const test = await loadImages(folder);
    expect([test.name, test.count, test.labels[0], test.labels[1], test.classNames[99]]).toEqual([
      "cifar100",
      10_000,
      99,
      50,
      "class 99",
    ]);
    expect([test.pixels[0], test.pixels[1], test.pixels[3072]]).toEqual([11, 12, 77]);
    record[1] = 100;
    await writeFile(join(folder, "test.bin"), record);
    await expect(loadImages(folder)).rejects.toThrow(
      /image 0 has the labels 19 and 100, expected below 20 and 100/,
    );
    await writeFile(join(folder, "test.bin"), record.subarray(1));
    await expect(loadImages(folder)).rejects.toThrow(/has 30739999 bytes, expected 30740000/);
  });
});

describe("a parquet file of images, as Hugging Face serves them", () => {
  it("is read with each of the usual codecs, and its parts one after another", async () => {
    for (const codec of ["snappy", "gzip", "brotli", "zstd"]) {
      const dataset = await loadImages(join(fixtures, `test-${codec}.parquet`));
      expectFixture(dataset);
      expect([dataset.name, dataset.classNames]).toEqual([`test-${codec}`, ["cat", "dog", "owl"]]);
    }
    for (const [i, codec] of ["snappy", "gzip"].entries()) {
      await cp(join(fixtures, `test-${codec}.parquet`), join(folder, `test-0000${i}-of-00002.parquet`));
    }
    const both = await loadImages(folder);
    expect([both.name, both.count, Array.from(both.labels)]).toEqual(["test", 8, [...labels, ...labels]]);
    expect(both.pixels.subarray(360)).toEqual(expected);
    await expect(loadImages(folder, { split: "train" })).rejects.toThrow(
      /has no train\.parquet or train-00000-of-….parquet, only: test-00000-of/,
    );
    await expect(loadImages(join(fixtures, "test-snappy.parquet"), { labels: "fine" })).rejects.toThrow(
      /has no column fine, only: image, label/,
    );
    await expect(loadImages(join(fixtures, "test-snappy.parquet"), { classNames: 2 })).rejects.toThrow(
      /label 1 of test-snappy must be an integer from 0 to 1, got 2/,
    );
  });

  it("is refused if a part is missing, twice there or has other classes, and takes no other file", async () => {
    const part = await readFile(join(fixtures, "test-snappy.parquet"));
    const add = (name: string, content: Buffer = part) => writeFile(join(folder, name), content);
    await add("test-00000-of-00002.parquet");
    await expect(loadImages(folder)).rejects.toThrow(
      /must have every part of one file exactly once, got: test/,
    );
    await add("test-00001-of-00002.parquet");
    await add("test-00001-of-00002 (1).parquet");
    await add("test_unlabeled.parquet");
    await add("testing.parquet");
    expect((await loadImages(folder)).count).toBe(8);
    await add("test.parquet");
    await expect(loadImages(folder)).rejects.toThrow(/must have every part of one file exactly once/);
    await rm(join(folder, "test.parquet"));
    const others = Buffer.from(part.toString("latin1").replace('"cat", "dog"', '"dog", "cat"'), "latin1");
    expect(others.equals(part)).toBe(false);
    await add("test-00001-of-00002.parquet", others);
    await expect(loadImages(folder)).rejects.toThrow(
      /00001-of-00002.parquet: has the class names dog, cat, owl, but .*00000-of-00002.parquet has cat, dog, owl$/,
    );
  });

  it.each(["snappy", "zstd"])(
    "is refused or read completely, wherever it is cut off or changed (%s)",
    async (codec) => {
      const whole = await readFile(join(fixtures, `test-${codec}.parquet`));
      const path = join(folder, "changed.parquet");
      for (let length = 0; length < whole.length; length += 37) {
        await writeFile(path, whole.subarray(0, length));
        await expect(loadImages(path)).rejects.toThrow(
          /changed\.parquet: is not a parquet file, or is cut off/,
        );
      }
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
          const changed = Buffer.from(whole);
          changed[at] ^= change;
          await writeFile(path, changed);
          try {
            requireDataset(await loadImages(path));
          } catch (error) {
            expect((error as Error).message).toMatch(/changed/);
            refused++;
          }
        }),
        { seed: 1, numRuns: 300 },
      );
      expect(refused).toBeGreaterThan(50);
    },
    30_000,
  );
});

it("images of 3 × 224 × 224 in 1000 classes are read", async () => {
  const [count, dimension] = [20, 3 * 224 * 224];
  const pixels = Uint8Array.from({ length: count * dimension }, (_, i) => (i * i) % 251);
  const classes = bytesOf(Int32Array.from({ length: count }, (_, i) => 999 - i));
  const dataset = await load(npy("|u1", [count, 224, 224, 3], pixels), npy("<i4", [count], classes), {
    classNames: 1000,
  });
  requireDataset(dataset);
  expect([dataset.dimension, dataset.labels[0], dataset.classNames.length]).toEqual([dimension, 999, 1000]);
  expect(imageAt(dataset, 3)[224 * 224]).toBe(Math.fround(pixels[3 * dimension + 1] / 255));
});

it("anything but a data set is refused at once: pipes, other files, large files, wrong options", async () => {
  await expect(loadImages(join(folder, "none"))).rejects.toThrow(/none: there is no such file or folder/);
  await writeFile(join(folder, "images.mat"), "MATLAB");
  await expect(loadImages(join(folder, "images.mat"))).rejects.toThrow(
    /must be a folder or a \.npy, \.npz, \.parquet or \.csv file/,
  );
  await mkdir(join(folder, "empty"));
  await expect(loadImages(join(folder, "empty"))).rejects.toThrow(
    /empty: expected class folders with images .*, got none/,
  );
  await expect(loadImages(folder, { layout: "NCHW" })).rejects.toThrow(/layout does not apply to images/);
  await expect(loadImages(folder, { channels: 2 as 3 })).rejects.toThrow(/channels must be 1 or 3/);
  if (process.platform === "win32") return;
  for (const name of ["a.npy", "a.npz", "a.parquet", "a.csv"]) {
    execFileSync("mkfifo", [join(folder, name)]);
    await expect(loadImages(join(folder, name))).rejects.toThrow(/is a pipe, expected a file/);
  }
  const large = await open(join(folder, "large.npy"), "w");
  await large.truncate(2 ** 43);
  await large.close();
  await expect(loadImages(join(folder, "large.npy"))).rejects.toThrow(
    /has 8796093022208 bytes, expected at most/,
  );
});

it.each<[Record<string, unknown>, RegExp]>([
  [{ split: "val" }, /^split must be "train" or "test", got "val"$/],
  [{ split: "Test" }, /^split must be "train" or "test", got "Test"$/],
  [{ layout: "nchw" }, /^layout must be "NCHW" or "NHWC", got "nchw"$/],
  [{ classNames: "ab" }, /^classNames must be a list of names or a number, got "ab"$/],
  [{ classNames: [0, 1, 2] }, /^classNames must be a list of names or a number, got \[0,1,2\]$/],
  [{ classNames: ["a", "b", "a"] }, /^classNames must differ, got "a" twice$/],
])("options for arrays are refused if they have wrong values: %j", async (options, message) => {
  const images = npy("|u1", [4, 3, 6, 5], expected);
  await expect(load(images, undefined, options as LoadImagesOptions)).rejects.toThrow(message);
});
