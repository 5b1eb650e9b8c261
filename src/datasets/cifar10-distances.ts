import Papa from "papaparse";
import { CIFAR10, CIFAR10_SAMPLE, loadCifar10, readSampleFile } from "./cifar10";
import type { ImageDataset } from "./image-dataset";

/**
 * A data set whose images need not be present, because the exact distances from certain other images to their
 * nearest images in the data set are known.
 */
export interface KnownDistances extends Pick<
  ImageDataset,
  "name" | "split" | "count" | "dimension" | "checksums"
> {
  /** For each image, the number of nearest images whose distances are known. */
  readonly neighbors: number;
  /** The advice with which the error ends if the distances from an image are not known. */
  readonly remedy: string;
  /**
   * Returns the squared distances from an image to its nearest images, in ascending order. Since pixels are
   * bytes here, the squared distances are 255² times as large as for pixels in [0, 1].
   *
   * @param image - `dimension` bytes
   * @returns `neighbors` integers; undefined for an image whose distances are not known
   */
  squaresOf(image: Uint8Array): Int32Array | undefined;
}

/**
 * Loads the distances from every 20th CIFAR-10 test image to the 20 nearest training images. The distances
 * come with the repository. As the database of `nearestNeighbor`, they give the same σ at these test images,
 * bit for bit, as the 50,000 training images do.
 *
 * @param folder - the folder that holds `cifar-10-sample/`; by default, the data folder or, if the files are
 *   not there, `data/` in the repository
 * @throws MissingDataError if a file is missing; Error if a file differs from the one in the repository
 * @example
 * const database = await loadCifar10Distances();
 * const sigma = nearestNeighbor({ database, sigmaBase: 0.5, rate: 0.01, center: 5 });
 * const test = await loadCifar10("test", { every: 20 });
 * await sigma.sigma([imageAt(test, 0)]); // Float64Array(1) [ 0.5275… ]
 */
export async function loadCifar10Distances(folder?: string): Promise<KnownDistances> {
  const { distances, every } = CIFAR10_SAMPLE;
  const csv = await readSampleFile(distances, folder);
  const images = await loadCifar10("test", { every, folder });
  const { dimension, pixels } = images;
  const rows = Papa.parse<string[]>(csv.toString(), { skipEmptyLines: true }).data.slice(1);
  const squares = new Map(
    rows.map(([, ...cells], i) => [
      keyOf(pixels.subarray(i * dimension, (i + 1) * dimension)),
      Int32Array.from(cells, Number),
    ]),
  );
  const files = CIFAR10.files.train;
  return {
    name: "cifar10",
    split: "train",
    count: 50_000,
    dimension,
    checksums: Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256])),
    neighbors: rows[0].length - 1,
    remedy:
      'σ(x) at images other than every 20th test image needs the full set: "idrs fetch cifar10" downloads it',
    squaresOf: (image) => squares.get(keyOf(image)),
  };
}

function keyOf(image: Uint8Array): string {
  return Buffer.from(image.buffer, image.byteOffset, image.byteLength).toString("latin1");
}
