import { join } from "node:path";
import { dataFolder } from "./data-folder";
import { copyDataFile, downloadDataFile, type Fetched } from "./fetch";
import type { ImageDataset, Split } from "./image-dataset";
import { loadMnist, MNIST } from "./mnist";

/** The published image data sets that commands know by name: how each is loaded, and what its files are. */
const IMAGE_DATASETS = {
  mnist: {
    load: loadMnist,
    folder: "mnist",
    mirrors: MNIST.mirrors,
    files: Object.values(MNIST.files).flat(),
  },
} as const;

/** Names of the published image data sets. */
export const IMAGE_DATASET_NAMES: readonly string[] = Object.keys(IMAGE_DATASETS);

/**
 * Loads a published image data set by its name.
 *
 * @throws Error listing the names if there is none like it; and as its loader does
 */
export async function loadImageDataset(name: string, split: Split): Promise<ImageDataset> {
  return published(name).load(split);
}

/**
 * Fetches the files of a published image data set into the data folder, from its mirrors or a local folder.
 *
 * @param from - a folder that holds the files, or the data set's folder (`mnist/`) with the files
 * @param onFile - is told of each file as it is there
 * @throws Error as {@link downloadDataFile} and {@link copyDataFile} do
 */
export async function fetchImageDataset(
  name: string,
  from: string | undefined,
  onFile: (file: string, fetched: Fetched, folder: string) => void,
): Promise<void> {
  const { folder, mirrors, files } = published(name);
  const target = join(dataFolder(), folder);
  for (const file of files) {
    const fetched =
      from === undefined
        ? await downloadDataFile(target, file, mirrors)
        : await copyDataFile(target, file, [from, join(from, folder)]);
    onFile(file.name, fetched, target);
  }
}

function published(name: string): (typeof IMAGE_DATASETS)["mnist"] {
  if (!Object.hasOwn(IMAGE_DATASETS, name)) {
    throw new Error(`data set must be one of ${IMAGE_DATASET_NAMES.join(", ")}, got "${name}"`);
  }
  return IMAGE_DATASETS[name as keyof typeof IMAGE_DATASETS];
}
