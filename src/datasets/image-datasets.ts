import { join } from "node:path";
import { CIFAR10, loadCifar10 } from "./cifar10";
import { type KnownDistances, loadCifar10Distances } from "./cifar10-distances";
import { type DataFile, MissingDataError } from "./data-file";
import { dataFolder } from "./data-folder";
import { copyDataFile, downloadArchive, downloadDataFile, type Fetched } from "./fetch";
import type { ImageDataset, Split } from "./image-dataset";
import { loadMnist, MNIST } from "./mnist";

/**
 * A published image data set: a function that loads it, its files, and a function that downloads these files.
 */
interface PublishedDataset {
  load(split: Split, every?: number): Promise<ImageDataset>;
  /**
   * Loads known distances to the training images of the data set, which can be used without the images
   * themselves.
   */
  distances?(): Promise<KnownDistances>;
  /** The name of the data set's folder in the data folder. */
  folder: string;
  files: Readonly<Record<Split, readonly DataFile[]>>;
  /** The number of images in each split. */
  counts: Readonly<Record<Split, number>>;
  dimension: number;
  download(target: string, files: readonly DataFile[]): Promise<Fetched[]>;
}

const IMAGE_DATASETS: Readonly<Record<string, PublishedDataset>> = {
  mnist: {
    load: (split) => loadMnist(split),
    folder: "mnist",
    files: MNIST.files,
    counts: { train: 60_000, test: 10_000 },
    dimension: 28 * 28,
    download: async (target, files) => {
      const fetched: Fetched[] = [];
      for (const file of files) fetched.push(await downloadDataFile(target, file, MNIST.mirrors));
      return fetched;
    },
  },
  cifar10: {
    load: (split, every) => loadCifar10(split, { every }),
    distances: () => loadCifar10Distances(),
    folder: "cifar-10-batches-bin",
    files: CIFAR10.files,
    counts: { train: 50_000, test: 10_000 },
    dimension: 3 * 32 * 32,
    download: (target, files) => downloadArchive(target, files, CIFAR10.archive),
  },
};

/**
 * Describes a published image data set for a record, without reading its files.
 *
 * @throws Error listing the known names if the name is unknown
 */
export function describeImageDataset(
  name: string,
  split: Split,
): Pick<ImageDataset, "name" | "split" | "checksums" | "count" | "dimension"> {
  const { files, counts, dimension } = published(name);
  const checksums = Object.fromEntries(files[split].map((file) => [file.name, file.sha256]));
  return { name, split, checksums, count: counts[split], dimension };
}

/** The names of the published image data sets. */
export const IMAGE_DATASET_NAMES: readonly string[] = Object.keys(IMAGE_DATASETS);

/**
 * Loads a published image data set by its name.
 *
 * @param every - the step between images: the run uses only the images 0, every, 2 · every, …, so a sample
 *   that contains these images suffices
 * @throws Error listing the known names if the name is unknown, and the errors of the loader
 */
export async function loadImageDataset(name: string, split: Split, every?: number): Promise<ImageDataset> {
  return published(name).load(split, every);
}

/**
 * Loads the database of the nearest-neighbor variance function for a published image data set: its training
 * images, or the known distances to these images, which come with the repository.
 *
 * @throws Error as {@link loadImageDataset} does, if neither the images nor the distances are available
 */
export async function loadDatabase(name: string): Promise<ImageDataset | KnownDistances> {
  const { load, distances } = published(name);
  try {
    return await load("train");
  } catch (error) {
    if (!(error instanceof MissingDataError) || !distances) throw error;
    return distances().catch((other: Error) => {
      throw other instanceof MissingDataError ? error : other;
    });
  }
}

/**
 * Fetches the files of a published image data set into the data folder, from the publisher's address or from
 * a local folder.
 *
 * @param from - a folder that holds the files, or that holds the data set's folder (for example `mnist/`)
 * @returns what happened to each file, and the folder that holds the files
 * @throws Error as {@link downloadDataFile}, {@link downloadArchive} and {@link copyDataFile} do
 */
export async function fetchImageDataset(
  name: string,
  from?: string,
): Promise<{ folder: string; files: { name: string; fetched: Fetched }[] }> {
  const { folder, files: ofSplits, download } = published(name);
  const files = Object.values(ofSplits).flat();
  const target = join(dataFolder(), folder);
  const fetched: Fetched[] = [];
  if (from === undefined) fetched.push(...(await download(target, files)));
  else for (const file of files) fetched.push(await copyDataFile(target, file, [from, join(from, folder)]));
  return { folder: target, files: files.map((file, i) => ({ name: file.name, fetched: fetched[i] })) };
}

function published(name: string): PublishedDataset {
  if (!Object.hasOwn(IMAGE_DATASETS, name)) {
    throw new Error(`data set must be one of ${IMAGE_DATASET_NAMES.join(", ")}, got "${name}"`);
  }
  return IMAGE_DATASETS[name];
}
