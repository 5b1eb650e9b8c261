import { join } from "node:path";
import { type DataFile, readDataFile } from "./data-file";
import { dataFolder } from "./data-folder";
import { readIdx } from "./idx";
import { type ByteDataset, requireSplit, type Split } from "./image-dataset";

/** The addresses, sizes and checksums of the MNIST files, and the class names by label. */
export const MNIST: {
  mirrors: readonly string[];
  files: Readonly<Record<Split, readonly [DataFile, DataFile]>>;
  classNames: readonly string[];
} = {
  mirrors: [
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
  ],
  files: {
    train: [
      {
        name: "train-images-idx3-ubyte",
        bytes: 47_040_016,
        sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      },
      {
        name: "train-labels-idx1-ubyte",
        bytes: 60_008,
        sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      },
    ],
    test: [
      {
        name: "t10k-images-idx3-ubyte",
        bytes: 7_840_016,
        sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      },
      {
        name: "t10k-labels-idx1-ubyte",
        bytes: 10_008,
        sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
      },
    ],
  },
  classNames: Array.from("0123456789"),
};

/**
 * Loads MNIST (LeCun, Cortes and Burges): 60,000 training or 10,000 test images of 28 × 28 gray pixels. The
 * files are verified each time they are loaded.
 *
 * @param folder - the folder that holds `mnist/`; by default, `$IDRS_DATA` if set, otherwise `data/` in the
 *   repository
 * @throws MissingDataError if a file is missing; Error if a file differs from the published one; RangeError if
 *   there is no such split
 * @example
 * const test = await loadMnist("test");
 * test.count; // 10000
 * test.classNames.length; // 10
 */
export async function loadMnist(split: Split, folder: string = dataFolder()): Promise<ByteDataset> {
  requireSplit(split);
  const [imageFile, labelFile] = MNIST.files[split];
  const [images, labels] = await Promise.all(
    [imageFile, labelFile].map((file) => readDataFile(join(folder, "mnist"), file, "mnist")),
  );
  const { lengths, bytes } = readIdx(imageFile.name, images, 3);
  const [count, height, width] = lengths;
  return {
    name: "mnist",
    split,
    channels: 1,
    height,
    width,
    count,
    dimension: height * width,
    pixels: bytes,
    labels: readIdx(labelFile.name, labels, 1).bytes,
    classNames: MNIST.classNames,
    checksums: { [imageFile.name]: imageFile.sha256, [labelFile.name]: labelFile.sha256 },
  };
}
