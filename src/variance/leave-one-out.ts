import type { ImageDataset } from "../datasets/image-dataset";
import { datasetDistances } from "./dataset-distances";
import { type NearestNeighborOptions, sigmaOfDistance } from "./nearest-neighbor";

/**
 * The paper's variance function (see {@link nearestNeighbor}) at the images of its own database, each without itself
 * as a neighbor: what a network that is trained at σ(x) should see.
 *
 * An image of the database has itself at distance 0, which no other image has: with itself, h would be a twentieth
 * too small (k = 20), and σ smaller than at test images of the same kind.
 *
 * @returns σ of each image of the database
 * @throws RangeError naming an option that is out of range, or if the database has no k other images
 */
export async function leaveOneOutSigma(
  options: NearestNeighborOptions & { database: ImageDataset },
): Promise<Float64Array> {
  const sigmaOf = sigmaOfDistance(options);
  const { database, neighbors = 20 } = options;
  const distances = await datasetDistances(database, database, neighbors + 1);
  return Float64Array.from({ length: database.count }, (_, image) => {
    // The image itself is the first of its k + 1 neighbors, and adds nothing.
    let sum = 0;
    for (let j = 1; j <= neighbors; j++) sum += distances[image * (neighbors + 1) + j];
    return sigmaOf(sum / neighbors);
  });
}
