import { cohenRadius } from "../certificates/cohen";
import type { VarianceFunction } from "../variance/variance-function";
import { type ExactCertificate, type ExactSmoothing, type Frame, smoothExactly } from "./exact-smoothing";
import type { Point, ToyWorld } from "./worlds";

/** A selector for a toy world: the smoothed class of another toy world chooses σ. */
export interface ToySelector {
  /** The world whose smoothed class chooses σ. */
  readonly world: ToyWorld;
  /** The σ with which the selector's world is smoothed. */
  readonly sigma: number;
  /**
   * The two values of σ: the first is chosen where the selector's smoothed class is 0, the second where it is
   * 1.
   */
  readonly sigmas: readonly [number, number];
}

/**
 * Smooths a toy world with a locally constant σ(x), as `smoothDual` does. The smoothed class of the selector
 * chooses σ(x). The certified radius is the smaller of Cohen's radii for the selector and the expert, computed
 * from the exact probabilities minus 1e-10. In each certificate, `cohen` is the radius that the expert alone
 * would claim, and `distance` is the distance to the nearest point that gets a different class, whichever
 * expert is chosen there.
 *
 * @param nodes - the number of nodes of the grid along the longer side of the frame
 * @example
 * const frame = { x: [-2, 2], y: [-2, 2] } as const;
 * const selector = { world: blobs(), sigma: 0.5, sigmas: [0.25, 0.5] } as const;
 * const { certificates } = await smoothDualExactly(rings(1), selector, [[0.5, 0]], frame, 41);
 * certificates[0].radius; // 0.3079…
 */
export async function smoothDualExactly(
  world: ToyWorld,
  selector: ToySelector,
  points: readonly Point[],
  frame: Frame,
  nodes?: number,
): Promise<ExactSmoothing> {
  const one = (point: Point): number => selector.world.probabilityOfOne(point, selector.sigma);
  const variance: VarianceFunction = {
    name: "locally constant",
    rate: Infinity, // σ(x) jumps between two experts
    eta: 0,
    isConstant: false,
    parameters: { selector: selector.world.name, sigma: selector.sigma, sigmas: selector.sigmas.join(" ") },
    sigma: (inputs) =>
      Promise.resolve(Float64Array.from(inputs, ([x, y]) => selector.sigmas[one([x, y]) > 0.5 ? 1 : 0])),
  };
  const smoothing = await smoothExactly(world, variance, points, frame, nodes);
  const certificates = smoothing.certificates.map((certificate): ExactCertificate => {
    const chosen = one(certificate.point);
    const pA = Math.max(chosen, 1 - chosen) - 1e-10;
    const { radius } = cohenRadius({ sigma: selector.sigma, pA });
    return { ...certificate, radius: Math.min(radius, certificate.cohen) };
  });
  return { ...smoothing, certificates };
}
