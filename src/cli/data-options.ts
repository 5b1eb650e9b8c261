import { type Command, InvalidArgumentError, Option } from "commander";
import type { ImageDataset, Split } from "../datasets/image-dataset";
import { IMAGE_DATASET_NAMES, loadDatabase, loadImageDataset } from "../datasets/image-datasets";
import { loadImages } from "../datasets/load-images";
import type { Database } from "../variance/database";
import { countOption } from "./options";

/** The values of the options that {@link addDataOptions} adds. */
export interface DataArguments {
  data: string;
  channels?: 1 | 3;
  classes?: number | string[];
  labels?: string;
  layout?: "NCHW" | "NHWC";
  levels?: number;
}

/** Adds the options that choose images to a command. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      "--data <name or path>",
      `images: ${IMAGE_DATASET_NAMES.join(", ")}, or a path to PNG or JPEG images (one folder per class, or ` +
        "labels.csv), .npz, .npy, .parquet, a folder of files in MNIST's format, or CIFAR-100",
      "mnist",
    )
    .addOption(
      new Option("--channels <count>", "1 (gray) or 3 (color), for PNG or JPEG images at a path").argParser(
        (text) => {
          if (text !== "1" && text !== "3") throw new InvalidArgumentError("expected 1 or 3.");
          return Number(text);
        },
      ),
    )
    .option(
      "--classes <list>",
      "number of classes of images at a path, or their names, separated by commas, in the order of the model's outputs",
      classesOption,
    )
    .option(
      "--labels <file or column>",
      "labels of images at a path: a .npy or CSV file, or a column of the .parquet file",
    )
    .addOption(new Option("--layout <order>", "axes of arrays at a path").choices(["NCHW", "NHWC"]))
    .option(
      "--levels <count>",
      "value of white in integer arrays, such as 65535 (default: 255)",
      countOption,
    );
}

function classesOption(text: string): number | string[] {
  return /^\d+$/.test(text) ? countOption(text) : text.split(",").map((name) => name.trim());
}

/** Returns whether `data` is the name of a published data set; any other value is a path. */
function isNamed(data: string): boolean {
  return IMAGE_DATASET_NAMES.includes(data);
}

/**
 * Loads the images that the options name.
 *
 * @param every - the step between images: the run uses only the images 0, every, 2 · every, …
 * @throws Error naming the option or the file that is wrong
 */
export async function loadData(args: DataArguments, split: Split, every?: number): Promise<ImageDataset> {
  const { data, channels, classes, labels, layout, levels } = args;
  if (!isNamed(data)) {
    return loadImages(data, { split, channels, classNames: classes, labels, layout, levels }).catch(
      (error: Error) => {
        if (!error.message.endsWith("there is no such file or folder")) throw error;
        throw new Error(
          `data set must be one of ${IMAGE_DATASET_NAMES.join(", ")} or a path: ${error.message}`,
          {
            cause: error,
          },
        );
      },
    );
  }
  for (const [name, value] of Object.entries({ channels, classes, labels, layout, levels })) {
    if (value !== undefined) throw new Error(`--${name} applies only to images at a path, not to ${data}`);
  }
  return loadImageDataset(data, split, every);
}

/**
 * Loads the training and the test images that the options name.
 *
 * @param test - the path of the test images, if --data is a path; by default, the test images at the path of
 *   --data are loaded
 */
export async function loadBoth(
  args: DataArguments,
  test: string | undefined,
): Promise<{ training: ImageDataset; testing: ImageDataset }> {
  if (test !== undefined && isNamed(args.data)) {
    throw new Error(`--test applies only to images at a path, not to ${args.data}`);
  }
  const { labels: _, ...others } = args;
  const testArgs = test === undefined ? args : { ...others, data: test };
  return { training: await loadData(args, "train"), testing: await loadData(testArgs, "test") };
}

/**
 * Loads the images that the nearest-neighbor variance function searches.
 *
 * @param database - a name or path; by default, the training images of the data set are loaded
 * @throws Error if the options name no database
 */
export async function loadDatabaseOf(args: DataArguments, database?: string): Promise<Database> {
  const name = database ?? args.data;
  if (isNamed(name)) return loadDatabase(name);
  if (database === undefined) {
    throw new Error(
      `--variance nearest-neighbor with --data ${args.data} needs --database, the training images`,
    );
  }
  const { labels: _, ...others } = args;
  return loadData({ ...others, data: database }, "train");
}
