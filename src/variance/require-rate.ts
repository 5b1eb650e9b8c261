/** An image with its index and its σ; its pixels are read where they are needed. */
export interface KnownSigma {
  readonly index: number;
  readonly sigma: number;
  readonly x: () => Float32Array;
}

/** The largest number of images that are compared, and of differences of pixels that are computed. */
const [MOST_IMAGES, MOST_DIFFERENCES] = [500, 2e8];

/** The error of a float32 pixel in [0, 1]: a pixel may be k/255, rounded. */
const PIXEL_ERROR = 2 ** -25;

/**
 * Requires that values of σ(x) do not refute the claimed rate: |ln σ(x) − ln σ(y)| ≤ r‖x − y‖ + 2η for pairs of
 * images. If there are many images, pairs of evenly spaced ones are compared. Passing proves nothing.
 *
 * @param name - what claims the rate, for the error
 * @throws Error naming two images between which ln σ changes by more
 */
export function requireRate(name: string, known: readonly KnownSigma[], rate: number, eta: number): void {
  const dimension = known.length > 0 ? known[0].x().length : 1;
  const most = Math.max(2, Math.min(MOST_IMAGES, Math.floor(Math.sqrt((2 * MOST_DIFFERENCES) / dimension))));
  const step = Math.ceil(known.length / most);
  const images = known.filter((_, i) => i % step === 0).map((image) => ({ ...image, x: image.x() }));
  for (const [i, first] of images.entries()) {
    for (const second of images.slice(0, i)) {
      const change = Math.abs(Math.log(first.sigma) - Math.log(second.sigma));
      if (change <= 2 * eta) continue;
      let square = 0;
      for (let j = 0; j < dimension; j++) square += (first.x[j] - second.x[j]) ** 2;
      const distance = Math.sqrt(square);
      const farthest = distance + 2 * PIXEL_ERROR * Math.sqrt(dimension);
      if (change <= rate * farthest * (1 + 1e-9) + 2 * eta) continue;
      throw new Error(
        `${name}: the rate ${rate} does not hold: between images ${second.index} and ${first.index}, ` +
          `${distance.toPrecision(4)} apart, ln σ changes by ${change.toPrecision(4)}`,
      );
    }
  }
}
