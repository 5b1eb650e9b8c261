import { imageAt } from "../datasets/image-dataset";
import { requireNonNegative } from "../numerics/arguments";
import { mean } from "../numerics/summaries";
import { IMAGE_LEVELS } from "../numerics/levels";
import { type Database, isKnown, requireNeighbors, unknownDistances } from "./database";
import { nearestDistances, SUMMING_ERROR } from "./nearest-distances";
import { requireSigma, UNIT_ROUNDOFF, type VarianceFunction } from "./variance-function";

/** Parameters of the paper's variance function. */
export interface NearestNeighborOptions {
  /**
   * The images that the neighbors are searched among: the training images; or, without them, the distances from certain
   * images to them (`loadCifar10Distances`), which give σ at these images only.
   */
  database: Database;
  /** σ_b > 0, the value at mean distance m. */
  sigmaBase: number;
  /** r ≥ 0, the semi-elasticity constant. */
  rate: number;
  /** m, the mean distance at which σ(x) = σ_b; the paper takes 1.5 for MNIST and 5 for CIFAR-10. */
  center: number;
  /** k ≥ 1, the number of neighbors. */
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
 * So that one η holds for every x, h is cut off at H = 16 √N, which no image comes near (h ≤ √N for pixels in [0, 1])
 * and which leaves it 1-Lipschitz. Then, with u = 2^-53 and s = 68 (the sum of a squared distance),
 *
 *   η = u · (r H (s + k + 4) + 3 r max(|m|, |H − m|) + 4):
 *
 * a distance has a relative error of s + 2 units (square root, division by 255), their mean k more; r (h − m) adds 2 of
 * its size, the exponential of V8, which errs by less than one unit in the last place, 2, and the product 1.
 *
 * @throws RangeError naming an option that is out of range; when it is used, if σ(x) is no positive normal double
 * @example
 * const [database, test] = [await loadMnist("train"), await loadMnist("test")];
 * const sigma = nearestNeighbor({ database, sigmaBase: 0.5, rate: 0.01, center: 1.5 });
 * await sigma.sigma([imageAt(test, 0)]); // Float64Array(1) [ 0.5110… ]
 */
export function nearestNeighbor(options: NearestNeighborOptions): VarianceFunction {
  const { database, sigmaBase, rate, center, neighbors = 20 } = options;
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
      databaseSha256: Object.values(database.checksums).join(" "),
    },
    sigma: async (inputs, levels) =>
      (await meanNeighborDistance(database, inputs, neighbors, levels)).map(sigmaOf),
  };
}

/** H, beyond which h does not grow. */
function largestDistance(dimension: number): number {
  return 16 * Math.sqrt(dimension);
}

/**
 * σ as a function of h.
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
 * h(x): the mean l2 distance from each input to its k nearest images of a data set, pixels in [0, 1], by exact search.
 *
 * @param inputs - each of `database.dimension` pixels in [0, 1]
 * @param levels - L: a value that is the float32 nearest to k/L stands for k/L
 * @throws RangeError naming an input that does not fit the images, or k if there are fewer images
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

/** Images that {@link meanCenter} is the mean over: enough that it is known to a per cent. */
const MEAN_OVER = 1000;

/**
 * The choice "mean" of m: the mean of h over images of the database, each without itself as a neighbor, so that
 * σ(x) = σ_b at an average image. It is taken over 1000 images at even steps through the database.
 *
 * @param neighbors - k, as in {@link nearestNeighbor}
 * @throws RangeError if the database has no k other images
 */
export async function meanCenter(database: Database, neighbors: number = 20): Promise<number> {
  if (isKnown(database)) throw unknownDistances(database);
  const count = Math.min(MEAN_OVER, database.count);
  const images = Array.from({ length: count }, (_, i) =>
    imageAt(database, Math.floor((i * database.count) / count)),
  );
  // The first of k + 1 neighbors of an image of the database is the image itself, at distance 0.
  const withItself = await meanNeighborDistance(database, images, neighbors + 1);
  return mean(withItself) * ((neighbors + 1) / neighbors);
}
