import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { loadArrays } from "./array-dataset";
import { type ImageDataset, requireSplit, type Split } from "./image-dataset";
import { loadImageFolder, loadListedImages, numbered, requireDistinct } from "./image-folder";
import { isCifar100Folder, isIdxFolder, loadCifar100, loadIdxFolder } from "./official-files";
import { loadParquet, partsOf } from "./parquet-dataset";
import { requireOptions } from "../numerics/options";

/** The options that determine how your own images are read. Leave out options that a format does not need. */
export interface LoadImagesOptions {
  /**
   * The split to which the images belong; default "test". If a folder has both splits, this option selects
   * the files.
   */
  readonly split?: Split;
  /**
   * The number of channels: 1 for gray images, 3 for red, green and blue. Default: as many as the first image
   * has. This option applies only to PNG and JPEG images.
   */
  readonly channels?: 1 | 3;
  /**
   * The name of each class, in the order of the base classifier's outputs; if the classes have no names, the
   * number of classes.
   */
  readonly classNames?: readonly string[] | number;
  /**
   * The labels: for a folder of images, a CSV file that lists images in this folder, with paths relative to the
   * CSV file; for a `.npy` file of images, another `.npy` file; for a parquet file, a column.
   */
  readonly labels?: string;
  /** The order of the axes of arrays. Default: the order that fits, if only one order fits. */
  readonly layout?: "NCHW" | "NHWC";
  /**
   * The value L of white in arrays of integers, for example 65535 for 16 bits. Default: 255 for bytes. The
   * base classifier must have the same `levels`.
   */
  readonly levels?: number;
}

const OPTIONS: Readonly<Record<keyof LoadImagesOptions, true>> = {
  split: true,
  channels: true,
  classNames: true,
  labels: true,
  layout: true,
  levels: true,
};

/**
 * Loads your own images from one of these sources:
 *
 * - A folder with a subfolder of PNG or JPEG images for each class, or with a file `labels.csv` that lists
 *   the images in columns `file` and `label`. Hidden files are skipped. A class folder without images is
 *   refused unless `classNames` lists the class.
 * - A `.npz` file with images and labels, named `x_test` and `y_test`, `test_images` and `test_labels` (or
 *   the same names with `train`), `images` and `labels`, or `x` and `y`. Alternatively, a `.npy` file of
 *   images with a file of labels in the same folder: `images.npy` and `labels.npy`, or `x_test.npy` and
 *   `y_test.npy`. The shape of the images is count × C × H × W, count × H × W × C or count × H × W. Values
 *   are bytes, floats in [0, 1], or other integers if `levels` is given. If all floats equal bytes divided by
 *   255, they become bytes; other floats are kept.
 * - A folder with four files in MNIST's format, for example those of Fashion-MNIST, or the folder
 *   `cifar-100-binary` of CIFAR-100.
 * - A parquet file of images in the form that Hugging Face serves, or a folder with the parts of such a file
 *   (`test-00000-of-00002.parquet`).
 *
 * All images must have the same size. Declared sizes are checked before memory is allocated.
 *
 * @returns the data set, with a checksum of everything that was read
 * @throws Error naming the file and the problem; RangeError naming an option that is unknown or out of range
 * @example
 * const images = await loadImages("fruit.npz", { classNames: ["apple", "pear", "plum"] });
 * const x = imageAt(images, 0);
 */
export async function loadImages(path: string, options: LoadImagesOptions = {}): Promise<ImageDataset> {
  requireOptions("loadImages", options, OPTIONS);
  const { split = "test", channels, labels, layout, levels } = options;
  if (channels !== undefined && ![1, 3].includes(channels)) {
    throw new RangeError(`channels must be 1 or 3, got ${String(channels)}`);
  }
  requireSplit(split);
  if (layout !== undefined && !["NCHW", "NHWC"].includes(layout)) {
    throw new RangeError(`layout must be "NCHW" or "NHWC", got ${JSON.stringify(layout)}`);
  }
  const classNames = classNamesOf(options.classNames);
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const what =
      error.code === "ENOENT" ? "there is no such file or folder" : `cannot be read: ${error.message}`;
    throw new Error(`${path}: ${what}`, { cause: error });
  });
  const refuse = (given: Record<string, unknown>, format: string): void => {
    const extra = Object.entries(given).find(([, value]) => value !== undefined);
    if (extra) throw new Error(`${path}: ${extra[0]} does not apply to ${format}`);
  };
  if (!status.isDirectory()) {
    if (/\.(npz|csv)$/i.test(path)) refuse({ labels }, "a file that holds its labels");
    if (/\.np[yz]$/i.test(path)) {
      refuse({ channels }, "arrays");
      return loadArrays(path, { split, classNames, labels, layout, levels });
    }
    refuse({ layout, levels }, "images");
    if (/\.parquet$/i.test(path))
      return loadParquet([path], { split, channels, classNames, labelColumn: labels });
    if (/\.csv$/i.test(path)) return loadListedImages(path, { split, channels, classNames });
    throw new Error(`${path}: must be a folder or a .npy, .npz, .parquet or .csv file`);
  }
  refuse({ layout, levels }, "images");
  const parts = await partsOf(path, split);
  if (parts) return loadParquet(parts, { split, channels, classNames, labelColumn: labels });
  if (await isIdxFolder(path)) {
    refuse({ channels, labels }, "files in MNIST's format");
    return loadIdxFolder(path, split, classNames);
  }
  if (await isCifar100Folder(path)) {
    refuse({ channels, labels, classNames }, "CIFAR-100");
    return loadCifar100(path, split);
  }
  const list =
    labels ?? ((await readdir(path)).includes("labels.csv") ? join(path, "labels.csv") : undefined);
  if (list !== undefined) return loadListedImages(list, { split, channels, classNames }, path);
  return loadImageFolder(path, { split, channels, classNames });
}

function classNamesOf(given: LoadImagesOptions["classNames"]): readonly string[] | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "number") return numbered(given);
  if (!(Array.isArray(given) && given.every((name) => typeof name === "string"))) {
    throw new RangeError(`classNames must be a list of names or a number, got ${JSON.stringify(given)}`);
  }
  requireDistinct(given);
  return given;
}
