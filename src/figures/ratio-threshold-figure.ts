import { varianceRatioThresholds } from "../certificates/curse-of-dimensionality";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { logarithmic } from "./grid";
import { curve, INPUT_DEPENDENT, namedLines } from "./marks";
import { type SliderStart, withSlider } from "./slider";
import { DIMENSION_AXIS, P_A } from "./theme";

/** The arguments of {@link ratioThresholdFigure}. */
export interface RatioThresholdFigureOptions extends SliderStart {
  /** The values of p_A, which are the positions of the slider. */
  readonly confidences: readonly number[];
  /** The dimensions to mark, by name. */
  readonly marks: Readonly<Record<string, number>>;
}

const FORMS = [
  { form: "exact", name: "exact", line: INPUT_DEPENDENT },
  { form: "theorem", name: "theorem", line: { color: COLORS.series[0], dash: "dash" } },
  { form: "simplified", name: "theorem, simplified", line: { color: COLORS.reference, dash: "dot" } },
] as const;

/**
 * Shows how the range of s1/s0 in which anything can be certified depends on N. The figure has one pair of curves for
 * each of the three forms of this range. A slider changes p_A.
 *
 * @example
 * const figure = ratioThresholdFigure({ confidences: [0.9, 0.99], marks: { MNIST: 784, "CIFAR-10": 3072 } });
 */
export function ratioThresholdFigure({ confidences, active, marks }: RatioThresholdFigureOptions): Figure {
  const dimensions = logarithmic(10, 1e6, 81).map(Math.round);
  const hover = "N = %{x}: σ₁/σ₀ = %{y:.4f}";
  // The band of the exact form is filled: nothing can be certified outside the band, and something can be certified
  // inside it.
  const filled = { fill: "tonexty", fillcolor: `${COLORS.inputDependent}22` };
  return withSlider({
    prefix: `${P_A} = `,
    positions: confidences,
    active,
    at: (pA) => {
      const thresholds = dimensions.map((dimension) => varianceRatioThresholds({ dimension, pA }));
      const traces = FORMS.flatMap(({ form, name, line }) => {
        const [lower, upper] = (["lower", "upper"] as const).map((side) =>
          thresholds.map((threshold) => threshold[form][side]),
        );
        return [
          curve(name, dimensions, lower, line, { hover, legendgroup: form, showlegend: false }),
          curve(name, dimensions, upper, line, {
            hover,
            legendgroup: form,
            ...(form === "exact" ? filled : {}),
          }),
        ];
      });
      return { title: `Where anything can be certified, ${P_A} = ${pA}`, traces };
    },
    x: { ...DIMENSION_AXIS, range: [1, 6] },
    y: { title: "σ<sub>1</sub>/σ<sub>0</sub>", range: [0.5, 1.6] },
    layout: namedLines(marks, { isLog: true }),
  });
}
