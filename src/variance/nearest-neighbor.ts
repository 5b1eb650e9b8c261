import type { ImageDataset } from "../datasets/image-dataset";
import { requireNonNegative, requirePositive } from "../probability/arguments";
import type { VarianceFunction } from "./variance-function";

/** Parameters of the paper's variance function. */
export interface NearestNeighborOptions {
  /** The images that the neighbours are searched among: the training images. */
  database: ImageDataset;
  /** σ_b > 0, the value at mean distance m. */
  sigmaBase: number;
  /** r ≥ 0, the semi-elasticity constant. */
  rate: number;
  /** m, the mean distance at which σ(x) = σ_b; the paper takes 1.5 for MNIST and 5 for CIFAR-10. */
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
    sigma: (inputs) =>
      Promise.resolve(
        Float64Array.from(inputs, (x) => {
          return sigmaBase * Math.exp(rate * (meanNeighborDistance(database, x, neighbors) - center));
        }),
      ),
  };
}

/**
 * h(x): the mean l2 distance from x to its k nearest images of a data set, pixels in [0, 1], exact.
 *
 * @param x - `database.dimension` pixels in [0, 1]
 * @throws RangeError if x is of another size, or has a value that is not finite
 */
export function meanNeighborDistance(database: ImageDataset, x: Float32Array, neighbors: number): number {
  const { dimension, count, pixels } = database;
  if (x.length !== dimension) {
    throw new RangeError(`an input must have ${dimension} values, as ${database.name} has, got ${x.length}`);
  }
  // Distances are taken in the scale of the bytes, where a pixel of a data set is exact again, and scaled at the end.
  const query = Float64Array.from(x, (value) => {
    if (!Number.isFinite(value)) throw new RangeError(`an input must be finite, got ${value}`);
    const byte = Math.round(value * 255);
    return Math.fround(byte / 255) === value ? byte : value * 255;
  });

  // The k smallest squared distances so far, in ascending order.
  const nearest = new Float64Array(neighbors).fill(Infinity);
  for (let image = 0; image < count; image++) {
    const start = image * dimension;
    const bound = nearest[neighbors - 1];
    let sum = 0;
    for (let from = 0; from < dimension && sum < bound; from += STRIDE) {
      const to = Math.min(from + STRIDE, dimension);
      for (let p = from; p < to; p++) {
        const difference = query[p] - pixels[start + p];
        sum += difference * difference;
      }
    }
    if (sum >= bound) continue; // no neighbour, or the sum was given up once it could be none
    let place = neighbors - 1;
    for (; place > 0 && nearest[place - 1] > sum; place--) nearest[place] = nearest[place - 1];
    nearest[place] = sum;
  }
  return nearest.reduce((total, squared) => total + Math.sqrt(squared), 0) / neighbors / 255;
}

/** How many pixels are summed between two looks at whether the image can still be a neighbour. */
const STRIDE = 112;
