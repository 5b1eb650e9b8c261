import type { Data } from "plotly.js-dist";
import { approximateRadius } from "../certificates/approximate-radius";
import { certifiedRadius } from "../certificates/certified-radius";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import { withSlider } from "./slider";

/** What a certified radius depends on. */
export interface RadiusSetting {
  /** N. */
  readonly dimension: number;
  /** s0 = σ(x0). */
  readonly sigma: number;
  /** r, the semi-elasticity rate. */
  readonly rate: number;
  readonly pA: number;
}

/** The arguments of {@link certifiedRadiusFigure}. */
export interface CertifiedRadiusFigureOptions {
  readonly setting: RadiusSetting;
  /** What the horizontal axis shows, in place of its value in the setting. */
  readonly along: keyof RadiusSetting;
  readonly values: readonly number[];
  /** What the slider changes, in place of its value in the setting. */
  readonly slider: {
    readonly of: keyof RadiusSetting;
    readonly values: readonly number[];
    /** Index of the position that is shown first; by default 0. */
    readonly active?: number;
  };
}

const NAMES: Readonly<Record<keyof RadiusSetting, { axis: string; symbol: string; type: "linear" | "log" }>> =
  {
    dimension: { axis: "input dimensions N", symbol: "N", type: "log" },
    sigma: { axis: "σ(x<sub>0</sub>), pixels in [0, 1]", symbol: "σ(x₀)", type: "linear" },
    rate: { axis: "rate r, per unit of l<sub>2</sub> distance", symbol: "r", type: "log" },
    pA: { axis: "p<sub>A</sub>", symbol: "p<sub>A</sub>", type: "linear" },
  };

/**
 * The certified radius of an r-semi-elastic σ(x), against one of N, σ(x0), r and p_A, beside Cohen's radius and the
 * closed form for large N; a slider changes another one of the four.
 *
 * @throws TypeError if the slider is missing
 */
export function certifiedRadiusFigure(options: CertifiedRadiusFigureOptions): Figure {
  const { setting, along, values, slider } = options;
  // A cell without types does not learn it from the compiler.
  if (!slider?.values)
    throw new TypeError("slider must be { of, values }, what it changes and to what; it is missing");
  const curves: readonly { name: string; radius: (at: RadiusSetting) => number; line: object }[] = [
    {
      name: "Cohen's radius, constant σ",
      radius: (at) => certifiedRadius(at).cohen,
      line: { color: COLORS.constant, dash: "dash", width: 2 },
    },
    {
      name: "certified radius, σ(x) of rate r",
      radius: (at) => certifiedRadius(at).radius,
      line: { color: COLORS.inputDependent, width: 2.5 },
    },
    {
      name: "closed form",
      radius: (at) => approximateRadius(at).radius,
      line: { color: COLORS.reference, dash: "dot", width: 1.5 },
    },
  ];
  const x = rounded(values);
  const steps = slider.values.map((value) => {
    const chosen = { ...setting, [slider.of]: value };
    const fixed = (Object.keys(NAMES) as (keyof RadiusSetting)[]).filter((name) => name !== along);
    return {
      label: String(value),
      title: `Certified radius, ${fixed.map((name) => `${NAMES[name].symbol} = ${chosen[name]}`).join(", ")}`,
      traces: curves.map(({ name, radius, line }): Data => ({
        type: "scatter",
        mode: "lines",
        name,
        x,
        y: rounded(values.map((at) => radius({ ...chosen, [along]: at }))),
        line,
        hovertemplate: "%{x}: %{y:.4f}",
      })),
    };
  });
  const largest = Math.max(...steps.flatMap(({ traces }) => (traces[0] as { y: number[] }).y));
  return withSlider({
    prefix: `${NAMES[slider.of].symbol} = `,
    active: slider.active ?? 0,
    steps,
    layout: {
      xaxis: {
        title: { text: NAMES[along].axis },
        type: NAMES[along].type,
        ...(NAMES[along].type === "log" ? { dtick: 1, exponentformat: "power" } : {}),
      },
      yaxis: { title: { text: "l<sub>2</sub> radius, pixels in [0, 1]" }, range: [0, 1.04 * largest] },
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
      margin: { t: 90 },
    },
  });
}
