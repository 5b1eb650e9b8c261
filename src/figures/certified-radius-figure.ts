import { approximateRadius } from "../certificates/approximate-radius";
import { certifiedRadius } from "../certificates/certified-radius";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { CONSTANT, curve, INPUT_DEPENDENT, type LineStyle } from "./marks";
import { withSlider } from "./slider";
import { type Axis, count, DIMENSION_AXIS, RADIUS_AXIS } from "./theme";

/** What a certified radius depends on. */
export interface RadiusSetting {
  /** N. */
  readonly dimension: number;
  /** s0 = σ(x0). */
  readonly sigma: number;
  /** r, the semi-elasticity rate. */
  readonly rate: number;
  /** p_A, a lower bound on the probability of the returned class: above 1/2. */
  readonly pA: number;
}

/** The arguments of {@link certifiedRadiusFigure}. */
export interface CertifiedRadiusFigureOptions {
  /** The values of what neither axis nor slider changes. */
  readonly setting: RadiusSetting;
  /** What the horizontal axis shows, in place of its value in the setting. */
  readonly along: keyof RadiusSetting;
  /** Its values on the axis, ascending. */
  readonly values: readonly number[];
  /** What the slider changes, in place of its value in the setting. */
  readonly slider: {
    /** What it changes. */
    readonly of: keyof RadiusSetting;
    /** The positions of the slider. */
    readonly values: readonly number[];
    /** Index of the position that is shown first; by default 0. */
    readonly active?: number;
  };
}

const NAMES: Readonly<Record<keyof RadiusSetting, { axis: Axis; symbol: string }>> = {
  dimension: { axis: DIMENSION_AXIS, symbol: "N" },
  sigma: { axis: "σ(x<sub>0</sub>) (pixels in [0, 1])", symbol: "σ(x₀)" },
  rate: {
    axis: {
      title: "rate r (per unit of l<sub>2</sub> distance)",
      type: "log",
      dtick: 1,
    },
    symbol: "r",
  },
  pA: { axis: "p<sub>A</sub>", symbol: "p<sub>A</sub>" },
};

const CURVES: readonly { name: string; radius: (at: RadiusSetting) => number; line: LineStyle }[] = [
  { name: "Cohen's radius, constant σ", radius: (at) => certifiedRadius(at).cohen, line: CONSTANT },
  {
    name: "certified radius, σ(x) of rate r",
    radius: (at) => certifiedRadius(at).radius,
    line: { ...INPUT_DEPENDENT, width: 2.5 },
  },
  {
    name: "closed form",
    radius: (at) => approximateRadius(at).radius,
    line: { color: COLORS.reference, dash: "dot", width: 1.5 },
  },
];

/**
 * The certified radius of an r-semi-elastic σ(x), against one of N, σ(x0), r and p_A, beside Cohen's radius and the
 * closed form for large N; a slider changes another one of the four.
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
  // A cell without types does not learn it from the compiler.
  if (!slider?.values)
    throw new TypeError("slider must be { of, values }, what it changes and to what; it is missing");
  const shown = (name: keyof RadiusSetting, value: number): string =>
    name === "dimension" ? count(value) : String(value);
  let largest = 0;
  const steps = slider.values.map((value) => {
    const chosen = { ...setting, [slider.of]: value };
    const fixed = (Object.keys(NAMES) as (keyof RadiusSetting)[]).filter((name) => name !== along);
    const words = fixed.map((name) => `${NAMES[name].symbol} = ${shown(name, chosen[name])}`);
    return {
      label: shown(slider.of, value),
      title: `Certified radius, ${words.join(", ")}`,
      traces: CURVES.map(({ name, radius, line }, i) => {
        const radii = values.map((at) => radius({ ...chosen, [along]: at }));
        if (i === 0) largest = Math.max(largest, ...radii);
        return curve(name, values, radii, line, "%{x}: %{y:.4f}");
      }),
    };
  });
  return withSlider({
    prefix: `${NAMES[slider.of].symbol} = `,
    active: slider.active,
    steps,
    x: NAMES[along].axis,
    y: { title: RADIUS_AXIS, range: [0, 1.04 * largest] },
  });
}
