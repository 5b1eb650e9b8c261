import { approximateRadius } from "../certificates/approximate-radius";
import { certifiedRadius } from "../certificates/certified-radius";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { CONSTANT, curve, INPUT_DEPENDENT } from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { type Axis, DIMENSION_AXIS, P_A, RADIUS_AXIS, RATE_AXIS } from "./theme";
import { countText } from "../numerics/count-text";
import { roundedDown } from "../numerics/rounded-down";
import { largest } from "../numerics/summaries";

/** The quantities on which a certified radius depends. */
export interface RadiusSetting {
  /** The dimension N. */
  readonly dimension: number;
  /** The standard deviation s0 = σ(x0). */
  readonly sigma: number;
  /** The semi-elasticity rate r. */
  readonly rate: number;
  /** p_A, a lower bound on the probability of the returned class: above 1/2. */
  readonly pA: number;
}

/** The arguments of {@link certifiedRadiusFigure}. */
export interface CertifiedRadiusFigureOptions {
  /** The values of the quantities that neither the axis nor the slider changes. */
  readonly setting: RadiusSetting;
  /** The quantity on the horizontal axis. The value of this quantity in `setting` is ignored. */
  readonly along: keyof RadiusSetting;
  /** The values on the horizontal axis, ascending. */
  readonly values: readonly number[];
  /** The slider: the quantity that it changes, and its positions. */
  readonly slider: SliderStart & {
    /** The quantity that the slider changes. The value of this quantity in `setting` is ignored. */
    readonly of: keyof RadiusSetting;
    /** The positions of the slider. */
    readonly values: readonly number[];
  };
}

const NAMES: Readonly<Record<keyof RadiusSetting, { axis: Axis; symbol: string }>> = {
  dimension: { axis: DIMENSION_AXIS, symbol: "N" },
  sigma: { axis: "σ(x<sub>0</sub>) (pixels in [0, 1])", symbol: "σ(x₀)" },
  rate: { axis: RATE_AXIS, symbol: "r" },
  pA: { axis: P_A, symbol: P_A },
};

/**
 * Draws the certified radius of an r-semi-elastic σ(x) against one of the four quantities N, σ(x0), r and p_A, together
 * with Cohen's radius and the closed form for large N. A slider changes a second one of these quantities.
 *
 * @throws TypeError if the slider is missing
 * @example
 * const figure = certifiedRadiusFigure({
 *   setting: { dimension: 3072, sigma: 0.5, rate: 0.01, pA: 0.99 },
 *   along: "sigma",
 *   values: [0.12, 0.25, 0.5, 1],
 *   slider: { of: "rate", values: [0.005, 0.01, 0.02] },
 * });
 */
export function certifiedRadiusFigure(options: CertifiedRadiusFigureOptions): Figure {
  const { setting, along, values, slider } = options;
  // The slider is checked here because the compiler does not check the types in untyped notebook cells.
  if (!slider?.values)
    throw new TypeError(
      "slider must be { of, values }: what it changes, and the values that it takes; got none",
    );
  const fixed = (Object.keys(NAMES) as (keyof RadiusSetting)[]).filter((name) => name !== along);
  const at = (x: number, chosen: number): RadiusSetting => ({ ...setting, [slider.of]: chosen, [along]: x });
  const all = slider.values.flatMap((chosen) => values.map((x) => certifiedRadius(at(x, chosen)).cohen));
  const hover = "%{x}: %{y:.6~g}";
  const thick = { ...INPUT_DEPENDENT, width: 2.5 };
  const dotted = { color: COLORS.reference, dash: "dot", width: 1.5 } as const;
  return withSlider({
    prefix: `${NAMES[slider.of].symbol} = `,
    positions: slider.values,
    active: slider.active,
    at: (chosen) => {
      const words = fixed.map((name) => `${NAMES[name].symbol} = ${countText(at(NaN, chosen)[name])}`);
      const cohen = (x: number): number => roundedDown(certifiedRadius(at(x, chosen)).cohen);
      const radius = (x: number): number => roundedDown(certifiedRadius(at(x, chosen)).radius);
      const closed = (x: number): number => approximateRadius(at(x, chosen)).radius;
      return {
        title: `Certified radius, ${words.join(", ")}`,
        traces: [
          curve("Cohen's radius, constant σ", values, cohen, CONSTANT, { hover }),
          curve("certified radius, σ(x) of rate r", values, radius, thick, { hover }),
          curve("closed form", values, closed, dotted, { hover }),
        ],
      };
    },
    x: NAMES[along].axis,
    y: { title: RADIUS_AXIS, range: [0, 1.04 * largest(all)] },
  });
}
