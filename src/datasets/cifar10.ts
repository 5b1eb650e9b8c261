import { createHash } from "node:crypto";
import { join } from "node:path";
import { packageFile } from "../files/package-file";
import { requireInteger } from "../numerics/arguments";
import { requireOptions } from "../numerics/options";
import { type DataFile, MissingDataError, readDataFile } from "./data-file";
import { dataFolder } from "./data-folder";
import { type ByteDataset, requireSplit, type Split } from "./image-dataset";

const [CHANNELS, HEIGHT, WIDTH] = [3, 32, 32];
const DIMENSION = CHANNELS * HEIGHT * WIDTH;
const RECORD = 1 + DIMENSION;
const RECORDS_PER_FILE = 10_000;

function batch(name: string, sha256: string): DataFile {
  return { name, bytes: RECORDS_PER_FILE * RECORD, sha256 };
}

/**
 * The address of the binary version of CIFAR-10, the sizes and checksums of its files, and the class names by
 * label.
 */
export const CIFAR10: {
  archive: string;
  files: Readonly<Record<Split, readonly DataFile[]>>;
  classNames: readonly string[];
} = {
  archive: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  files: {
    train: [
      batch("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
      batch("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
      batch("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
      batch("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
      batch("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
    ],
    test: [batch("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b")],
  },
  classNames: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
};

/** The options that determine which images of CIFAR-10 are loaded, and from which folder. */
export interface Cifar10Options {
  /**
   * The step between loaded images: only the images 0, every, 2 · every, … are loaded. Default: 1, which
   * loads all images.
   */
  readonly every?: number;
  /**
   * The folder that holds `cifar-10-batches-bin/` or `cifar-10-sample/`. Default: `$IDRS_DATA`; images of the
   * sample are also looked up in `data/` in the repository.
   */
  readonly folder?: string;
}

/**
 * The files for every 20th test image, which come with the repository. The images are stored as records in
 * the official layout.
 */
export const CIFAR10_SAMPLE: { folder: string; every: number; images: DataFile; distances: DataFile } = {
  folder: "cifar-10-sample",
  every: 20,
  images: {
    name: "test_batch_every_20.bin",
    bytes: 500 * RECORD,
    sha256: "48e6d7eaa3fa431f421d46009d3a5f9def44d3ec6f6476163ecefe95972c0601",
  },
  distances: {
    name: "distances.csv",
    bytes: 84_131,
    sha256: "4fe7a0272b15d1ac0cec6f7fea1b2ee33c1420bf258cd226e799b0131221f3bf",
  },
};

/**
 * Loads CIFAR-10 (Krizhevsky 2009), binary version: 50,000 training or 10,000 test images of 32 × 32 pixels
 * in red, green and blue. The files are verified each time they are loaded.
 *
 * If `every` is above 1, a sample is loaded. The sample keeps the original index of each image (`indices`),
 * but has a separate name, checksum and count. Every 20th test image (and therefore every 40th, 60th, …)
 * comes with the repository: `loadCifar10("test", { every: 20 })` gives the same images with or without the
 * full set.
 *
 * @param options - the options, or a string that names the folder
 * @throws MissingDataError if a file is missing; Error if a file differs from the published one; RangeError
 *   if `every` is not an integer of at least 1, or if there is no such split or option
 * @example
 * const test = await loadCifar10("test", { every: 20 });
 * test.count; // 500
 * test.classNames[test.labels[0]]; // 'cat'
 */
export async function loadCifar10(split: Split, options: Cifar10Options | string = {}): Promise<ByteDataset> {
  const given = typeof options === "string" ? { folder: options } : options;
  requireOptions<Cifar10Options>("loadCifar10", given, { every: true, folder: true });
  const { every = 1, folder } = given;
  requireSplit(split);
  requireInteger("every", every, 1);
  const files = CIFAR10.files[split];
  const whole = {
    name: "cifar10",
    count: files.length * RECORDS_PER_FILE,
    checksums: Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256])),
  };
  const indices = Uint32Array.from({ length: Math.ceil(whole.count / every) }, (_, i) => i * every);
  const { contents, step } = await storedRecords(split, every, folder);
  const labels = new Uint8Array(indices.length);
  const pixels = new Uint8Array(indices.length * DIMENSION);
  const hash = createHash("sha256");
  indices.forEach((index, i) => {
    const place = index / step;
    const start = (place % RECORDS_PER_FILE) * RECORD;
    const record = contents[Math.floor(place / RECORDS_PER_FILE)].subarray(start, start + RECORD);
    // A record consists of a label byte, then the red, green and blue planes, each row by row.
    labels[i] = record[0];
    pixels.set(record.subarray(1), i * DIMENSION);
    if (every > 1) hash.update(record);
  });
  const sample = every > 1 && {
    name: `cifar10 (1 in ${every})`,
    checksums: { [`${split} records, 1 in ${every}`]: hash.digest("hex") },
    sampleOf: whole,
    indices,
  };
  return {
    ...whole,
    split,
    channels: CHANNELS,
    height: HEIGHT,
    width: WIDTH,
    dimension: DIMENSION,
    pixels,
    labels,
    classNames: CIFAR10.classNames,
    ...sample,
    count: indices.length,
  };
}

/**
 * Returns the records of a split and their indices. If the records of every 20th image suffice, only these
 * are returned.
 */
async function storedRecords(
  split: Split,
  every: number,
  folder?: string,
): Promise<{ contents: Buffer[]; step: number }> {
  const sample = CIFAR10_SAMPLE;
  if (split === "test" && every % sample.every === 0) {
    const content = await readSampleFile(sample.images, folder).catch(undefinedIfMissing);
    if (content) return { contents: [content], step: sample.every };
  }
  const contents: Buffer[] = [];
  for (const file of CIFAR10.files[split]) {
    contents.push(await readDataFile(join(folder ?? dataFolder(), "cifar-10-batches-bin"), file, "cifar10"));
  }
  return { contents, step: 1 };
}

/**
 * Reads a file of the sample from the given folder. If no folder is given, the file is read from the data
 * folder or, if the file is not there, from `data/` in the repository, which has the file even if IDRS_DATA
 * names another folder.
 *
 * @throws MissingDataError if the file is in none of these folders; Error if the file differs from the one in
 *   the repository
 */
export async function readSampleFile(file: DataFile, folder?: string): Promise<Buffer> {
  const read = (data: string): Promise<Buffer> =>
    readDataFile(join(data, CIFAR10_SAMPLE.folder), file, "cifar10");
  try {
    return await read(folder ?? dataFolder());
  } catch (error) {
    if (folder !== undefined || !(error instanceof MissingDataError)) throw error;
    return read(packageFile("data")).catch((other: Error) => {
      throw other instanceof MissingDataError ? error : other;
    });
  }
}

function undefinedIfMissing(error: Error): undefined {
  if (!(error instanceof MissingDataError)) throw error;
}
