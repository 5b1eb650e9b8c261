import { varianceRatioThresholds } from "../certificates/curse-of-dimensionality";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { logarithmic } from "./grid";
import { curve, INPUT_DEPENDENT, namedLines } from "./marks";
import { withSlider } from "./slider";
import { DIMENSION_AXIS } from "./theme";

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
  { form: "exact", line: INPUT_DEPENDENT },
  { form: "theorem", line: { color: COLORS.series[0], dash: "dash" } },
  { form: "simplified", line: { color: COLORS.reference, dash: "dot" } },
] as const;

/**
 * The range of s1/s0 in which anything can be certified, against N, in its three forms, with a slider over p_A.
 *
 * @example
 * const figure = ratioThresholdFigure({ confidences: [0.9, 0.99], marks: { MNIST: 784, "CIFAR-10": 3072 } });
 */
export function ratioThresholdFigure({ confidences, active, marks }: RatioThresholdFigureOptions): Figure {
  const dimensions = logarithmic(10, 1e6, 81).map(Math.round);
  // The band of the exact form is filled: nothing outside of it, something inside.
  const filled = { fill: "tonexty", fillcolor: `${COLORS.inputDependent}22` };
  return withSlider({
    prefix: "p<sub>A</sub> = ",
    active,
    steps: confidences.map((pA) => {
      const thresholds = dimensions.map((dimension) => varianceRatioThresholds({ dimension, pA }));
      return {
        label: String(pA),
        title: `Where anything can be certified, p<sub>A</sub> = ${pA}`,
        traces: FORMS.flatMap(({ form, line }) =>
          (["lower", "upper"] as const).map((side) =>
            curve(
              form,
              dimensions,
              thresholds.map((threshold) => threshold[form][side]),
              line,
              "N = %{x}: σ₁/σ₀ = %{y:.4f}",
              {
                legendgroup: form,
                showlegend: side === "upper",
                ...(form === "exact" && side === "upper" ? filled : {}),
              },
            ),
          ),
        ),
      };
    }),
    x: { ...DIMENSION_AXIS, range: [1, 6] },
    y: { title: "σ<sub>1</sub>/σ<sub>0</sub>", range: [0.5, 1.6] },
    layout: namedLines(marks, { isLog: true }),
  });
}
