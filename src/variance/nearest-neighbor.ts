import { type ImageDataset, imageAt } from "../datasets/image-dataset";
import { requireNonNegative, requirePositive } from "../numerics/arguments";
import { nearestDistances } from "./nearest-distances";
import type { VarianceFunction } from "./variance-function";

/** Parameters of the paper's variance function. */
export interface NearestNeighborOptions {
  /** The images that the neighbours are searched among: the training images. */
  database: ImageDataset;
  /** σ_b > 0, the value at mean distance m. */
  sigmaBase: number;
  /** r ≥ 0, the semi-elasticity constant. */
  rate: number;
  /** m, the mean distance at which σ(x) = σ_b; the paper takes 1.5 for MNIST and 5 for CIFAR-10; see {@link meanCenter}. */
  center: number;
  /** k ≥ 1, the number of neighbours. */
  neighbors?: number;
}

/**
 * The variance function of the paper (Súkeník et al. 2022, section 4):
 *
 *   σ(x) = σ_b · exp(r · (h(x) − m)),
 *
 * h(x) the mean l2 distance from x to its k nearest training images. It is r-semi-elastic because h is 1-Lipschitz:
 * a minimum of averages of the 1-Lipschitz functions ‖x − training image‖.
 *
 * @throws RangeError naming an option that is out of range
 */
export function nearestNeighbor(options: NearestNeighborOptions): VarianceFunction {
  const { database, sigmaBase, rate, center, neighbors = 20 } = options;
  requirePositive("sigmaBase", sigmaBase);
  requireNonNegative("rate", rate);
  if (!Number.isFinite(center)) throw new RangeError(`center must be a finite number, got ${center}`);
  if (!Number.isInteger(neighbors) || neighbors < 1 || neighbors > database.count) {
    throw new RangeError(`neighbors must be an integer from 1 to ${database.count}, got ${neighbors}`);
  }
  return {
    name: "nearest-neighbor",
    rate,
    parameters: {
      sigmaBase,
      rate,
      center,
      neighbors,
      database: `${database.name} ${database.split}`,
      databaseSha256: Object.values(database.checksums)[0] ?? "none",
    },
    sigma: async (inputs) => {
      const h = await meanNeighborDistance(database, inputs, neighbors);
      return h.map((distance) => sigmaBase * Math.exp(rate * (distance - center)));
    },
  };
}

/**
 * h(x): the mean l2 distance from each input to its k nearest images of a data set, pixels in [0, 1], by exact search.
 *
 * @param inputs - each of `database.dimension` pixels in [0, 1]
 * @throws RangeError as {@link nearestDistances} does
 */
export async function meanNeighborDistance(
  database: ImageDataset,
  inputs: readonly Float32Array[],
  neighbors: number,
): Promise<Float64Array> {
  const distances = await nearestDistances(database, inputs, neighbors);
  return Float64Array.from(distances, (nearest) => nearest.reduce((sum, d) => sum + d, 0) / neighbors);
}

/** Images that {@link meanCenter} is the mean over: enough that it is known to a per cent. */
const MEAN_OVER = 1000;

/**
 * The choice "mean" of m: the mean of h over images of the database, each without itself as a neighbour, so that
 * σ(x) = σ_b at an average image. It is taken over 1000 images at even steps through the database.
 *
 * @param neighbors - k, as in {@link nearestNeighbor}
 * @throws RangeError if the database has no k other images
 */
export async function meanCenter(database: ImageDataset, neighbors: number = 20): Promise<number> {
  const count = Math.min(MEAN_OVER, database.count);
  const images = Array.from({ length: count }, (_, i) =>
    imageAt(database, Math.floor((i * database.count) / count)),
  );
  // The first of k + 1 neighbours of an image of the database is the image itself, at distance 0.
  const withItself = await meanNeighborDistance(database, images, neighbors + 1);
  return (withItself.reduce((sum, h) => sum + h, 0) / count) * ((neighbors + 1) / neighbors);
}
