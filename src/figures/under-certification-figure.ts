import { roundedDown } from "../numerics/rounded-down";
import { largest } from "../numerics/summaries";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { curve, dots } from "./marks";
import { claimsOf, type SmoothedWorldFigureOptions } from "./smoothed-world-figure";
import { withSlider } from "./slider";

/**
 * Draws the radius of each point against the true distance from the point to the boundary of the smoothed
 * classifier. The radius and the distance are exact. A certificate below the diagonal is true, and the farther
 * it lies below the diagonal, the less it claims. A certificate above the diagonal is false and is marked as
 * false.
 *
 * @example
 * const frame = { x: [-2, 2], y: [-2, 2] } as const;
 * const smoothing = await smoothExactly(rings(1), constant(0.5), [[0.2, 0], [0, 0.6]], frame, 41);
 * const steps = [{ label: "0.5", title: "Constant σ = 0.5", smoothing }];
 * const figure = underCertificationFigure({ prefix: "σ = ", steps });
 */
export function underCertificationFigure(
  options: Pick<SmoothedWorldFigureOptions, "prefix" | "steps" | "active" | "kind">,
): Figure {
  const { prefix, steps, active, kind = "radius" } = options;
  const all = steps.flatMap(({ smoothing }) => smoothing.certificates);
  const most = 1.05 * largest(all.flatMap((one) => [one.distance, one[kind]]));
  const diagonal = { color: COLORS.reference, width: 1, dash: "dash" } as const;
  const points = (name: string, of: typeof all, marker: Readonly<Record<string, unknown>>) => {
    const [x, y] = [of.map(({ distance }) => distance), of.map((one) => roundedDown(one[kind]))];
    const hover = "distance %{x:.4f}<br>radius %{y:.6~g}<extra></extra>";
    return dots(name, x, y, { size: 7, opacity: 0.7, ...marker }, { hover, showlegend: of.length > 0 });
  };
  return withSlider({
    prefix,
    positions: steps,
    active,
    shared: [curve("radius = distance", [0, most], [0, most], diagonal)],
    at: ({ title, smoothing: { certificates, variance } }) => {
      const { right, wrong } = claimsOf(certificates, kind);
      const color = variance.rate === 0 ? COLORS.constant : COLORS.inputDependent;
      return {
        title,
        traces: [
          points(kind === "radius" ? "certified radius" : "Cohen's radius", right, { color }),
          points("false claim", wrong, { color: COLORS.refuted, symbol: "x", opacity: 1 }),
        ],
      };
    },
    x: { title: "true distance to the boundary of g (units of the plane)", range: [0, most] },
    y: { title: "radius (units of the plane)", range: [0, most] },
  });
}
