import type { ImageDataset } from "../datasets/image-dataset";
import { requireInteger } from "../numerics/arguments";
import { datasetDistances } from "./dataset-distances";
import { type NearestNeighborOptions, sigmaOfDistance } from "./nearest-neighbor";

/**
 * Computes the paper's variance function (see {@link nearestNeighbor}) at the images of its own database. No
 * image counts as its own neighbor. A network that is trained with noise of standard deviation σ(x) should be
 * trained with the σ returned here.
 *
 * An image of the database is at distance 0 from itself, but a test image is not. If an image counted as its
 * own neighbor, h would be too small by a twentieth (k = 20), and σ would be smaller than at similar test
 * images.
 *
 * @returns σ of each image of the database
 * @throws RangeError naming an option that is out of range; RangeError if the database has fewer than k + 1
 *   images
 */
export async function leaveOneOutSigma(
  options: NearestNeighborOptions & { database: ImageDataset },
): Promise<Float64Array> {
  const sigmaOf = sigmaOfDistance(options);
  const { database, neighbors = 20 } = options;
  requireInteger("neighbors", neighbors, 1, database.count - 1);
  const distances = await datasetDistances(database, database, neighbors + 1);
  return Float64Array.from({ length: database.count }, (_, image) => {
    // The first of the k + 1 neighbors of an image is the image itself, at distance 0.
    let sum = 0;
    for (let j = 1; j <= neighbors; j++) sum += distances[image * (neighbors + 1) + j];
    return sigmaOf(sum / neighbors);
  });
}
