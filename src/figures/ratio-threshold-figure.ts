import type { Data } from "plotly.js-dist";
import { varianceRatioThresholds } from "../certificates/curse-of-dimensionality";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { logarithmic, rounded } from "./grid";
import { dimensionMarks } from "./marks";
import { withSlider } from "./slider";

/** The arguments of {@link ratioThresholdFigure}. */
export interface RatioThresholdFigureOptions {
  /** p_A, the positions of the slider. */
  readonly confidences: readonly number[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** Dimensions to mark, by name. */
  readonly marks: Readonly<Record<string, number>>;
}

const FORMS = [
  { form: "exact", color: COLORS.inputDependent, dash: "solid" },
  { form: "theorem", color: COLORS.series[0], dash: "dash" },
  { form: "simplified", color: COLORS.reference, dash: "dot" },
] as const;

/**
 * The range of s1/s0 in which anything can be certified, against N, in its three forms, with a slider over p_A.
 */
export function ratioThresholdFigure({
  confidences,
  active = 0,
  marks,
}: RatioThresholdFigureOptions): Figure {
  const dimensions = logarithmic(10, 1e6, 81).map(Math.round);
  return withSlider({
    prefix: "p<sub>A</sub> = ",
    active,
    steps: confidences.map((pA) => {
      const thresholds = dimensions.map((dimension) => varianceRatioThresholds({ dimension, pA }));
      return {
        label: String(pA),
        title: `Where anything can be certified, p<sub>A</sub> = ${pA}`,
        traces: FORMS.flatMap(({ form, color, dash }) =>
          (["lower", "upper"] as const).map((side): Data => ({
            type: "scatter",
            mode: "lines",
            name: form,
            legendgroup: form,
            showlegend: side === "upper",
            x: dimensions,
            y: rounded(thresholds.map((threshold) => threshold[form][side])),
            line: { color, dash, width: 2 },
            // The band of the exact form is filled: nothing outside of it, something inside.
            ...(form === "exact" && side === "upper"
              ? { fill: "tonexty", fillcolor: `${COLORS.inputDependent}22` }
              : {}),
            hovertemplate: "N = %{x}: σ₁/σ₀ = %{y:.4f}",
          })),
        ),
      };
    }),
    layout: {
      xaxis: { title: { text: "input dimensions N" }, type: "log", range: [1, 6], dtick: 1 },
      yaxis: { title: { text: "σ<sub>1</sub>/σ<sub>0</sub>" }, range: [0.5, 1.6] },
      ...dimensionMarks(marks),
    },
  });
}
