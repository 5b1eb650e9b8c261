import { join } from "node:path";
import { type DataFile, readDataFile } from "./data-file";
import { dataFolder } from "./data-folder";
import type { ImageDataset, Split } from "./image-dataset";

const [CHANNELS, HEIGHT, WIDTH] = [3, 32, 32];
const DIMENSION = CHANNELS * HEIGHT * WIDTH;
const RECORD = 1 + DIMENSION;
const RECORDS_PER_FILE = 10_000;

function batch(name: string, sha256: string): DataFile {
  return { name, bytes: RECORDS_PER_FILE * RECORD, sha256 };
}

/** Where the binary version of CIFAR-10 is published, and how to recognise its files. */
export const CIFAR10: { archive: string; files: Readonly<Record<Split, readonly DataFile[]>> } = {
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
};

const CLASS_NAMES = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/**
 * Loads CIFAR-10 (Krizhevsky 2009), binary version: 50 000 training or 10 000 test images of 32 × 32 pixels in red,
 * green and blue. The files are verified each time.
 *
 * @param folder - the folder that holds `cifar-10-batches-bin/`; default: {@link dataFolder}
 * @throws MissingDataError if a file is not there; Error if a file is not the published one
 */
export async function loadCifar10(split: Split, folder: string = dataFolder()): Promise<ImageDataset> {
  const files = CIFAR10.files[split];
  const count = files.length * RECORDS_PER_FILE;
  const labels = new Uint8Array(count);
  const pixels = new Uint8Array(count * DIMENSION);
  let image = 0;
  for (const file of files) {
    const content = await readDataFile(join(folder, "cifar-10-batches-bin"), file);
    // A record is a label byte, then the red, green and blue plane, each row by row.
    for (let start = 0; start < content.length; start += RECORD, image++) {
      labels[image] = content[start];
      pixels.set(content.subarray(start + 1, start + RECORD), image * DIMENSION);
    }
  }
  return {
    name: "cifar10",
    split,
    channels: CHANNELS,
    height: HEIGHT,
    width: WIDTH,
    count,
    dimension: DIMENSION,
    pixels,
    labels,
    classNames: CLASS_NAMES,
    checksums: Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256])),
  };
}
