import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readRegularFile } from "../files/read-regular-file";
import { requireInteger } from "../numerics/arguments";
import { contentChecksums } from "./checksums";
import { MOST_BYTES } from "./gather-images";
import { numbered } from "./image-folder";
import { type ImageDataset, requireLabels, type Split } from "./image-dataset";
import { type NumpyArray, readNpy } from "./npy";
import { openNpz } from "./npz";

/** The options that determine how arrays are read as a data set. */
export interface ArrayOptions {
  readonly split?: Split;
  readonly classNames?: readonly string[];
  /**
   * The file of labels for a `.npy` file of images. Default: a file in the same folder, as {@link loadImages}
   * describes.
   */
  readonly labels?: string;
  /** The order of the axes of the images. Default: the order that fits, if only one order fits. */
  readonly layout?: "NCHW" | "NHWC";
  /**
   * The value L of white for integers of more than 8 bits, for example 65535. Each pixel is its stored value
   * divided by L.
   */
  readonly levels?: number;
}

/**
 * Loads images from a `.npy` file, with the labels in another file in the same folder, or from a `.npz` file
 * that holds images and labels. The checksums cover the pixels and labels as read, so they depend on the layout and
 * the levels, too.
 *
 * @throws Error naming the file, the array and the problem
 */
export async function loadArrays(path: string, options: ArrayOptions): Promise<ImageDataset> {
  const { split = "test" } = options;
  const content = await contentOf(path);
  let images: NumpyArray;
  let labels: NumpyArray;
  let labelsName: string;
  if (path.toLowerCase().endsWith(".npz")) {
    const archive = await openNpz(path, content, MOST_BYTES);
    const pick = (what: string, names: readonly string[]): string => {
      const found = names.find((name) => archive.names.includes(name));
      if (found !== undefined) return found;
      throw new Error(
        `${path}: has no array of ${what} (${names.join(", ")}), only: ${archive.names.join(", ") || "none"}`,
      );
    };
    const imagesName = pick("images", [
      `x_${split}`,
      `${split}_images`,
      `X_${split}`,
      "images",
      "x",
      "X",
      "arr_0",
    ]);
    labelsName = pick("labels", [`y_${split}`, `${split}_labels`, `Y_${split}`, "labels", "y", "Y", "arr_1"]);
    images = await archive.read(imagesName);
    labels = await archive.read(labelsName);
    labelsName = `${path}, ${labelsName}`;
  } else {
    images = readNpy(path, content);
    labelsName = options.labels ?? labelsBeside(path);
    labels = readNpy(labelsName, await contentOf(labelsName));
  }
  const dataset = {
    name: basename(path),
    split,
    ...imagesOf(path, images, options),
    ...labelsOf(labelsName, labels, images.shape[0], options.classNames),
  };
  return { ...dataset, checksums: contentChecksums(dataset) };
}

async function contentOf(path: string): Promise<Buffer> {
  const content = await readRegularFile(path, MOST_BYTES);
  if (!content) throw new Error(`${path}: there is no such file`);
  return content;
}

/** Finds the file of labels in the folder of the images. */
function labelsBeside(path: string): string {
  const [folder, file] = [dirname(path), basename(path)];
  const names = [
    file.replace(/images|data/i, "labels"),
    file.replace(/^([xX])/, (x) => (x === "x" ? "y" : "Y")),
    file.replace(/\.npy$/i, "_labels.npy"),
    "labels.npy",
  ].filter((name) => name !== file);
  const found = names.find((name) => existsSync(join(folder, name)));
  if (found !== undefined) return join(folder, found);
  throw new Error(
    `${path}: expected the labels in the same folder (${names.join(", ")}), got none; name the file of labels (labels)`,
  );
}

type Images = Pick<ImageDataset, "channels" | "height" | "width" | "count" | "dimension" | "pixels">;

function imagesOf(path: string, { type, shape, values }: NumpyArray, options: ArrayOptions): Images {
  const { layout, channels, height, width } = layoutOf(path, shape, options.layout);
  const [count, dimension] = [shape[0], channels * height * width];
  if (count < 1 || dimension < 1)
    throw new Error(`${path}: has no images: its shape is ${shape.join(" × ")}`);
  const place = layout === "NCHW" ? undefined : placesOfPixels(channels, height * width);
  const pixels =
    values instanceof Uint8Array && (options.levels ?? 255) === 255
      ? reordered(values, new Uint8Array(values.length), dimension, place)
      : reordered(
          unitValues(path, type, values, options.levels),
          new Float32Array(values.length),
          dimension,
          place,
        );
  return {
    channels,
    height,
    width,
    count,
    dimension,
    pixels: pixels instanceof Float32Array ? asBytes(pixels, type === "f2") : pixels,
  };
}

function layoutOf(
  path: string,
  shape: readonly number[],
  wanted: "NCHW" | "NHWC" | undefined,
): { layout: "NCHW" | "NHWC"; channels: number; height: number; width: number } {
  const isColor = (length: number): boolean => length === 1 || length === 3;
  const shown = `its shape is ${shape.join(" × ")}`;
  if (shape.length === 3) {
    return { layout: "NCHW", channels: 1, height: shape[1], width: shape[2] };
  }
  if (shape.length !== 4) throw new Error(`${path}: ${shown}, expected images × channels × height × width`);
  if (isColor(shape[1]) && isColor(shape[3]) && !wanted) {
    throw new Error(`${path}: ${shown}, which fits NCHW and NHWC: name the layout`);
  }
  const layout = wanted ?? (isColor(shape[1]) ? "NCHW" : "NHWC");
  const [channels, height, width] =
    layout === "NCHW" ? [shape[1], shape[2], shape[3]] : [shape[3], shape[1], shape[2]];
  if (!isColor(channels))
    throw new Error(`${path}: ${shown}, expected 1 or 3 channels (${wanted ?? "NCHW or NHWC"})`);
  return { layout, channels, height, width };
}

/**
 * Returns, for each value of an image in this package's order, the position of the value in an image with
 * channels last.
 */
function placesOfPixels(channels: number, size: number): Uint32Array {
  return Uint32Array.from(
    { length: channels * size },
    (_, i) => (i % size) * channels + Math.floor(i / size),
  );
}

function reordered<T extends Uint8Array | Float32Array>(
  values: ArrayLike<number>,
  out: T,
  dimension: number,
  place: Uint32Array | undefined,
): T {
  if (!place) {
    out.set(values);
    return out;
  }
  for (let start = 0; start < out.length; start += dimension) {
    for (let i = 0; i < dimension; i++) out[start + i] = values[start + place[i]];
  }
  return out;
}

/** Returns values in [0, 1]: floats are unchanged, integers are divided by the levels. */
function unitValues(
  path: string,
  type: string,
  values: NumpyArray["values"],
  levels: number | undefined,
): ArrayLike<number> {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) throw new Error(`${path}: value ${i} is not a number`);
    if (values[i] < least) least = values[i];
    if (values[i] > most) most = values[i];
  }
  const isFloat = type.startsWith("f");
  if (isFloat && levels !== undefined) {
    throw new Error(`${path}: levels applies to integers, but the array holds floats (${type})`);
  }
  if (!isFloat && levels === undefined) {
    throw new Error(
      `${path}: holds integers from ${least} to ${most} (${type}), expected bytes (u1), floats in [0, 1], or the option levels, the value of white`,
    );
  }
  if (levels !== undefined) requireInteger("levels", levels, 1, 2 ** 23 - 1);
  const white = isFloat ? 1 : (levels ?? 1);
  if (least < 0 || most > white) {
    throw new Error(
      `${path}: has values from ${least} to ${most}, expected ${isFloat ? "[0, 1]: divide by 255, say, or save bytes (uint8)" : `0 to ${white}`}`,
    );
  }
  return isFloat ? values : Float64Array.from(values, (value) => value / white);
}

/** Returns the float16 nearest to a number in [0, 1], for numbers that are not halfway between two. */
function nearestHalf(value: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(value)));
  const unit = 2 ** (exponent - 10);
  return Math.round(value / unit) * unit;
}

/**
 * Returns pixels as bytes if each pixel is the float32 (or, in a float16 file, the float16) nearest to some
 * byte / 255; otherwise returns the pixels unchanged.
 */
function asBytes(pixels: Float32Array, isHalf: boolean): Uint8Array | Float32Array {
  const bytes = new Uint8Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    bytes[i] = Math.round(pixels[i] * 255);
    const level = bytes[i] / 255;
    if (pixels[i] !== (isHalf ? nearestHalf(level) : Math.fround(level))) return pixels;
  }
  return bytes;
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  return most;
}

function labelsOf(
  where: string,
  { type, shape, values }: NumpyArray,
  count: number,
  classNames: readonly string[] | undefined,
): Pick<ImageDataset, "labels" | "classNames"> {
  if (shape[0] !== count || shape.slice(1).some((axis) => axis !== 1)) {
    throw new Error(
      `${where}: its shape is ${shape.join(" × ")}, expected one label for each of ${count} images`,
    );
  }
  if (type.startsWith("f")) throw new Error(`${where}: labels are floats (${type}), expected integers`);
  const classes = classNames ?? numbered(largest(values) + 1);
  requireLabels(where, values, classes.length);
  return { labels: Int32Array.from(values), classNames: classes };
}
