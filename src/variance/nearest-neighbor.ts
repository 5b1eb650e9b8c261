import { imageAt } from "../datasets/image-dataset";
import { requireInteger, requireNonNegative } from "../numerics/arguments";
import { mean } from "../numerics/summaries";
import { IMAGE_LEVELS } from "../numerics/levels";
import {
  type Database,
  databaseChecksums,
  isKnown,
  requireDatabase,
  requireNeighbors,
  unknownDistances,
} from "./database";
import { nearestDistances, SUMMING_ERROR } from "./nearest-distances";
import { requireSigma, UNIT_ROUNDOFF, type VarianceFunction } from "./variance-function";
import { requireOptions } from "../numerics/options";

/** The parameters of the paper's variance function. */
export interface NearestNeighborOptions {
  /**
   * The images that are searched for neighbors, usually the training images. Alternatively, the known distances
   * from certain images to the training images (`loadCifar10Distances`); then σ is known at these images only.
   */
  database: Database;
  /** σ_b > 0, the value of σ(x) at mean distance m. */
  sigmaBase: number;
  /** r ≥ 0, the semi-elasticity rate. */
  rate: number;
  /** m, the mean distance at which σ(x) = σ_b. The paper uses m = 1.5 for MNIST and m = 5 for CIFAR-10. */
  center: number;
  /** k ≥ 1, the number of neighbors; default 20. */
  neighbors?: number;
}

/**
 * Returns the paper's variance function (Súkeník et al. 2022, section 4):
 *
 *   σ(x) = σ_b · exp(r · (h(x) − m)),
 *
 * where h(x) is the mean l2 distance from x to its k nearest training images. σ is r-semi-elastic because h
 * is 1-Lipschitz: h is a minimum of averages of the 1-Lipschitz functions ‖x − training image‖.
 *
 * To make one η valid for every x, h is capped at H = 16 √N. The capped h is still 1-Lipschitz, and no image
 * comes near the cap (h ≤ √N for pixels in [0, 1]). With u = 2^-53 and s = 68 (for the sum in a squared
 * distance),
 *
 *   η = u · (r H (s + k + 4) + 3 r max(|m|, |H − m|) + 4).
 *
 * The terms of η come from the following relative errors, in units of u. A distance has an error of s + 2 (from
 * its sum, square root and division by 255). The mean of k distances adds k, and r (h − m) adds 2. V8's exponential is
 * off by less than one unit in the last place, an error of at most 2. The final product has an error of 1.
 *
 * @throws RangeError naming an option that is out of range; when σ is evaluated, if σ(x) is not a positive
 *   normal double
 * @example
 * const [database, test] = [await loadMnist("train"), await loadMnist("test")];
 * const sigma = nearestNeighbor({ database, sigmaBase: 0.5, rate: 0.01, center: 1.5 });
 * await sigma.sigma([imageAt(test, 0)]); // Float64Array(1) [ 0.5110… ]
 */
export function nearestNeighbor(options: NearestNeighborOptions): VarianceFunction {
  requireOptions("nearestNeighbor", options, {
    database: true,
    sigmaBase: true,
    rate: true,
    center: true,
    neighbors: true,
  });
  const { database, sigmaBase, rate, center, neighbors = 20 } = options;
  requireDatabase(database);
  const sigmaOf = sigmaOfDistance(options);
  const largest = largestDistance(database.dimension);
  const exponent = Math.max(Math.abs(center), Math.abs(largest - center));
  return {
    name: "nearest-neighbor",
    rate,
    eta: UNIT_ROUNDOFF * (rate * largest * (SUMMING_ERROR + neighbors + 4) + 3 * rate * exponent + 4),
    isConstant: false,
    parameters: {
      sigmaBase,
      rate,
      center,
      neighbors,
      database: `${database.name} ${database.split}`,
      databaseSha256: Object.values(databaseChecksums(database)).join(" "),
    },
    sigma: async (inputs, levels) =>
      (await meanNeighborDistance(database, inputs, neighbors, levels)).map(sigmaOf),
  };
}

/** Returns H, the cap on h. */
function largestDistance(dimension: number): number {
  return 16 * Math.sqrt(dimension);
}

/**
 * Returns σ as a function of h.
 *
 * @throws RangeError naming an option that is out of range
 */
export function sigmaOfDistance(options: NearestNeighborOptions): (h: number) => number {
  const { database, sigmaBase, rate, center, neighbors = 20 } = options;
  requireSigma("sigmaBase", sigmaBase);
  requireNonNegative("rate", rate);
  if (!Number.isFinite(center)) throw new RangeError(`center must be a finite number, got ${center}`);
  requireNeighbors(database, neighbors);
  const largest = largestDistance(database.dimension);
  return (h) => {
    const factor = Math.exp(rate * (Math.min(h, largest) - center));
    return requireSigma("σ(x)", sigmaBase * requireSigma("exp(r (h(x) − m))", factor));
  };
}

/**
 * Computes h(x), the mean l2 distance from each input x to its k nearest images of a data set, with pixels in
 * [0, 1], by exact search.
 *
 * @param inputs - each of `database.dimension` pixels in [0, 1]
 * @param levels - L: a value that is the float32 nearest to k/L stands for k/L
 * @throws RangeError naming an input whose size differs from the size of the images; RangeError naming k if
 *   there are fewer than k images
 * @example
 * const [database, test] = [await loadMnist("train"), await loadMnist("test")];
 * await meanNeighborDistance(database, [imageAt(test, 0)], 20); // Float64Array(1) [ 3.6818… ]
 */
export async function meanNeighborDistance(
  database: Database,
  inputs: readonly Float32Array[],
  neighbors: number,
  levels: number = IMAGE_LEVELS,
): Promise<Float64Array> {
  const distances = await nearestDistances(database, inputs, neighbors, levels);
  return Float64Array.from(distances, mean);
}

/** The number of images over which {@link meanCenter} averages, which is enough for an error of about 1 %. */
const MEAN_OVER = 1000;

/**
 * Computes the center m for the option "mean": the mean of h over the images of the database, so that σ(x) =
 * σ_b at an average image. No image counts as its own neighbor. The mean is taken over 1000 evenly spaced
 * images of the database.
 *
 * @param neighbors - k, as in {@link nearestNeighbor}
 * @throws RangeError if k is below 1, or if the database has fewer than k + 1 images
 */
export async function meanCenter(database: Database, neighbors: number = 20): Promise<number> {
  if (isKnown(database)) throw unknownDistances(database);
  requireInteger("neighbors", neighbors, 1, database.count - 1);
  const count = Math.min(MEAN_OVER, database.count);
  const images = Array.from({ length: count }, (_, i) =>
    imageAt(database, Math.floor((i * database.count) / count)),
  );
  // The first of the k + 1 neighbors of a database image is the image itself, at distance 0.
  const withItself = await meanNeighborDistance(database, images, neighbors + 1);
  return mean(withItself) * ((neighbors + 1) / neighbors);
}
