import { createHash } from "node:crypto";
import { basename } from "node:path";
import { allImages, type ImageDataset, imageAt } from "../datasets/image-dataset";
import { readNpy } from "../datasets/npy";
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";
import { readTable } from "../files/read-table";
import { requireNonNegative } from "../numerics/arguments";
import { type KnownSigma, requireRate } from "./require-rate";
import { defaultEta, requireDefaultEta } from "./user-function";
import { requireSigma, type VarianceFunction } from "./variance-function";
import { requireOptions } from "../numerics/options";

/** The arguments of {@link precomputed}: values of σ that another program computed. */
export interface PrecomputedOptions {
  /**
   * A file of σ values: either a CSV file with the columns `index` (of the image in its data set) and `sigma`,
   * or a `.npy` file with σ at every image of the data set, in order.
   */
  readonly file: string;
  /** The images at which σ is given. */
  readonly dataset: ImageDataset;
  /** The claimed rate r: |ln σ(x) − ln σ(y)| ≤ r · ‖x − y‖ for all x and y, not only for these images. */
  readonly rate: number;
  /** The claimed error η of ln σ. The default is the same as in `userFunction`, for radii up to 19. */
  readonly eta?: number;
}

/**
 * Returns a variance function that is known only at certain images: its values come from a file that another
 * program wrote. The values and the rate are claims without proof, so records call them "unverified". A rate is
 * refused if the values at up to 500 of the images refute it.
 *
 * @throws Error naming the file and the faulty line or image; RangeError naming an option that is out of range;
 *   when σ is evaluated, Error if the input is not one of the images with a known σ, and RangeError if the default η
 *   does not suffice for the input
 * @example
 * const dataset = await loadCifar10("test", { every: 20 });
 * await save("sigmas.csv", [{ index: 0, sigma: 0.5 }, { index: 20, sigma: 0.51 }]);
 * const sigma = await precomputed({ file: "sigmas.csv", dataset, rate: 0.01 });
 * await sigma.sigma([imageAt(dataset, 1)]); // Float64Array(1) [ 0.51 ]
 */
export async function precomputed(options: PrecomputedOptions): Promise<VarianceFunction> {
  requireOptions("precomputed", options, { file: true, dataset: true, rate: true, eta: true });
  const { file, dataset, rate, eta = defaultEta(rate) } = options;
  requireNonNegative("rate", rate);
  requireNonNegative("eta", eta);
  const content = await readRegularFile(file, LARGEST_TEXT);
  if (!content) throw new Error(`${file}: there is no such file`);
  const byIndex = file.toLowerCase().endsWith(".npy")
    ? fromArray(file, content, dataset)
    : fromTable(file, content, dataset);
  const known = allImages(dataset).flatMap(({ index, place }) => {
    const sigma = byIndex.get(index);
    return sigma === undefined ? [] : [{ index, sigma, x: () => imageAt(dataset, place) }];
  });
  if (known.length === 0)
    throw new Error(`${file}: expected σ of at least one image of ${dataset.name}, got none`);
  const byImage = mapOf(file, known);
  requireRate(file, known, rate, eta);
  return {
    name: "precomputed, unverified",
    rate,
    eta,
    isConstant: false,
    parameters: {
      rate,
      file: basename(file),
      sha256: createHash("sha256").update(content).digest("hex"),
      verified: "no: values and rate are as claimed",
    },
    sigma: async (inputs) => {
      if (options.eta === undefined) requireDefaultEta(file, inputs);
      return Float64Array.from(inputs, (x) => {
        const key = keyOf(x);
        const image = byImage.get(key);
        if (image) return image.sigma;
        const missing = allImages(dataset).find(({ place }) => keyOf(imageAt(dataset, place)) === key);
        if (missing) throw new Error(`${file}: σ of image ${missing.index} of ${dataset.name} is missing`);
        throw new Error(
          `${file}: σ at this input is not known, only at ${known.length} images of ${dataset.name}`,
        );
      });
    },
  };
}

/** Maps the content of each image to its index and σ. */
function mapOf(file: string, known: readonly KnownSigma[]): Map<string, Omit<KnownSigma, "x">> {
  const byImage = new Map<string, Omit<KnownSigma, "x">>();
  for (const { index, sigma, x } of known) {
    const key = keyOf(x());
    const same = byImage.get(key);
    if (same && same.sigma !== sigma) {
      throw new Error(
        `${file}: images ${same.index} and ${index} are the same, but σ is ${same.sigma} and ${sigma}`,
      );
    }
    byImage.set(key, { index, sigma });
  }
  return byImage;
}

function keyOf(x: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(x.buffer, x.byteOffset, x.byteLength))
    .digest("base64");
}

/** Reads a CSV file into a map from the index of an image to its σ. */
function fromTable(file: string, content: Buffer, dataset: ImageDataset): Map<number, number> {
  const { columns, rows } = readTable(file, content.toString(), ",");
  const missing = ["index", "sigma"].filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw new Error(`${file}: has no column ${missing.join(", ")}, expected index and sigma`);
  const count = countOf(dataset);
  const sigmas = new Map<number, number>();
  for (const { line, cells } of rows) {
    const where = `${file}, line ${line}`;
    const index = cells.index.trim() === "" ? NaN : Number(cells.index);
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new Error(`${where}: index must be an integer from 0 to ${count - 1}, got "${cells.index}"`);
    }
    if (sigmas.has(index)) throw new Error(`${where}: image ${index} appears twice`);
    sigmas.set(index, requireSigma(`${where}: sigma`, cells.sigma.trim() === "" ? NaN : Number(cells.sigma)));
  }
  return sigmas;
}

function fromArray(file: string, content: Buffer, dataset: ImageDataset): Map<number, number> {
  const { type, shape, values } = readNpy(file, content);
  const count = countOf(dataset);
  if (!type.startsWith("f") || shape.length !== 1 || shape[0] !== count) {
    throw new Error(
      `${file}: holds ${shape.join(" × ") || 1} of ${type}, expected σ at each of the ${count} images: ${count} floats`,
    );
  }
  const sigmas = new Map<number, number>();
  values.forEach((sigma, i) => sigmas.set(i, requireSigma(`${file}: value ${i}`, sigma)));
  return sigmas;
}

/** Returns the number of images in the whole data set, of which `dataset` may be a sample. */
function countOf({ count, sampleOf }: ImageDataset): number {
  return sampleOf?.count ?? count;
}
