import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { readRegularFile } from "../files/read-regular-file";
import { readIdx } from "./idx";
import { type ByteDataset, requireLabels, type Split } from "./image-dataset";
import { numbered } from "./image-folder";

/** The maximum uncompressed size of a file in these formats, in bytes. EMNIST's largest file is 550 MB. */
const LARGEST = 2 ** 30;

/** Returns the uncompressed content of a plain or gzipped file, or undefined if neither file exists. */
async function uncompressed(path: string): Promise<{ content: Buffer; stored: string } | undefined> {
  const plain = await readRegularFile(path, LARGEST);
  if (plain) return { content: plain, stored: sha256(plain) };
  const packed = await readRegularFile(`${path}.gz`, LARGEST);
  if (!packed) return undefined;
  const content = await promisify(gunzip)(packed, { maxOutputLength: LARGEST }).catch((error: Error) => {
    throw new Error(`${path}.gz: is not a complete gzip file of at most ${LARGEST} bytes: ${error.message}`, {
      cause: error,
    });
  });
  return { content, stored: sha256(packed) };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * The SHA-256 checksums of the published gzipped image files of Fashion-MNIST (Xiao, Rasul and Vollgraf
 * 2017).
 */
const FASHION_MNIST: readonly string[] = [
  "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
  "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
];

const FASHION_CLASSES = [
  "T-shirt/top",
  "trouser",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

/** Returns whether a folder has the files that {@link loadIdxFolder} reads. */
export async function isIdxFolder(folder: string): Promise<boolean> {
  return (await readdir(folder)).some((name) => /^(train|t10k)-images-idx3-ubyte(\.gz)?$/.test(name));
}

/**
 * Loads images from four files in MNIST's format, plain or gzipped, for example Fashion-MNIST or KMNIST. The
 * gzipped files of Fashion-MNIST, as published, are recognized by their checksum and get names for their classes.
 *
 * @throws Error naming the file that is missing or cut off, or that has a wrong header
 */
export async function loadIdxFolder(
  folder: string,
  split: Split,
  classNames?: readonly string[],
): Promise<ByteDataset> {
  const prefix = split === "test" ? "t10k" : "train";
  const read = async (kind: string): Promise<{ name: string; content: Buffer; stored: string }> => {
    const name = `${prefix}-${kind}-ubyte`;
    const file = await uncompressed(join(folder, name));
    if (!file) throw new Error(`${join(folder, name)} (or ${name}.gz): there is no such file`);
    return { name, ...file };
  };
  const [images, labels] = [await read("images-idx3"), await read("labels-idx1")];
  const { lengths, bytes } = readIdx(join(folder, images.name), images.content, 3);
  const [count, height, width] = lengths;
  const { bytes: classes } = readIdx(join(folder, labels.name), labels.content, 1);
  if (classes.length !== count) {
    throw new Error(`${join(folder, labels.name)}: has ${classes.length} labels, expected ${count}`);
  }
  const isFashion = FASHION_MNIST.includes(images.stored);
  const names = classNames ?? (isFashion ? FASHION_CLASSES : numbered(Math.max(0, largest(classes)) + 1));
  requireLabels(join(folder, labels.name), classes, names.length);
  return {
    name: isFashion ? "fashion-mnist" : basename(resolve(folder)),
    split,
    channels: 1,
    height,
    width,
    count,
    dimension: height * width,
    pixels: bytes,
    labels: classes,
    classNames: names,
    checksums: { [images.name]: sha256(images.content), [labels.name]: sha256(labels.content) },
  };
}

function largest(values: Uint8Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

const [CIFAR100_DIMENSION, CIFAR100_CLASSES, CIFAR100_COARSE] = [3 * 32 * 32, 100, 20];
const CIFAR100_COUNTS: Readonly<Record<Split, number>> = { train: 50_000, test: 10_000 };

/** Returns whether a folder has the files that {@link loadCifar100} reads. */
export async function isCifar100Folder(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  return (
    names.some((name) => /^fine_label_names\.txt$/.test(name)) &&
    names.some((name) => /^(train|test)\.bin/.test(name))
  );
}

/**
 * Loads CIFAR-100 (Krizhevsky 2009), binary version, from its folder `cifar-100-binary`: `train.bin`,
 * `test.bin` and `fine_label_names.txt`. The labels are the 100 fine labels.
 *
 * @throws Error naming the file that is missing, or whose size or labels are not those of CIFAR-100
 */
export async function loadCifar100(folder: string, split: Split): Promise<ByteDataset> {
  const path = join(folder, `${split}.bin`);
  const file = await uncompressed(path);
  if (!file) throw new Error(`${path} (or ${split}.bin.gz): there is no such file`);
  const names = await readRegularFile(join(folder, "fine_label_names.txt"), 65_536);
  const classNames = (names?.toString() ?? "").split(/\r?\n/).filter((name) => name !== "");
  if (classNames.length !== CIFAR100_CLASSES) {
    throw new Error(
      `${join(folder, "fine_label_names.txt")}: has ${classNames.length} names, expected ${CIFAR100_CLASSES}`,
    );
  }
  const [count, record] = [CIFAR100_COUNTS[split], 2 + CIFAR100_DIMENSION];
  const { content } = file;
  if (content.length !== count * record) {
    throw new Error(
      `${path}: has ${content.length} bytes, expected ${count * record}: ${count} records of ${record}`,
    );
  }
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * CIFAR100_DIMENSION);
  for (let i = 0; i < count; i++) {
    // A record consists of the coarse label, the fine label, and the red, green and blue planes.
    const [coarse, fine] = [content[i * record], content[i * record + 1]];
    if (coarse >= CIFAR100_COARSE || fine >= CIFAR100_CLASSES) {
      throw new Error(`${path}: image ${i} has the labels ${coarse} and ${fine}, expected below 20 and 100`);
    }
    labels[i] = fine;
    pixels.set(content.subarray(i * record + 2, (i + 1) * record), i * CIFAR100_DIMENSION);
  }
  return {
    name: "cifar100",
    split,
    channels: 3,
    height: 32,
    width: 32,
    count,
    dimension: CIFAR100_DIMENSION,
    pixels,
    labels,
    classNames,
    checksums: { [`${split}.bin`]: sha256(content) },
  };
}
