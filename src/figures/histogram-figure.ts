import type { Data } from "plotly.js-dist";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { curve, seriesColor } from "./marks";
import { withSlider } from "./slider";

/** What the figure shows at a position of the slider. */
export interface HistogramStep {
  readonly label: string;
  readonly title: string;
  /** Samples by name, in the same order at every position. */
  readonly samples: Readonly<Record<string, ArrayLike<number>>>;
  /** Values to mark with a vertical line, for each of the samples. */
  readonly marks?: Readonly<Record<string, readonly number[]>>;
}

/** The arguments of {@link histogramFigure}. */
export interface HistogramFigureOptions {
  /** Text before the label of the slider's position. */
  readonly prefix: string;
  /** What is shown at each position of the slider, at least one. */
  readonly steps: readonly HistogramStep[];
  /** Index of the position that is shown first; by default 0. */
  readonly active?: number;
  /** Title of the horizontal axis, with units. */
  readonly x: string;
  /** What the marks are, for the legend. */
  readonly mark?: string;
  /** Number of bins; by default 60. */
  readonly bins?: number;
}

/**
 * Histograms of samples, each as the share of its sample in every bin. All positions of the slider have the same
 * bins, from the least to the largest value of all, so that they can be compared.
 *
 * @throws RangeError if a sample is empty or has a value that is not finite
 * @example
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * const samples = { "σ(x)": rows.map(({ sigma }) => sigma) };
 * const steps = [{ label: "0.01", title: "σ(x) at 500 CIFAR-10 test images", samples }];
 * const figure = histogramFigure({ prefix: "r = ", steps, x: "σ(x)" });
 */
export function histogramFigure(options: HistogramFigureOptions): Figure {
  const { prefix, steps, active, x, mark = "mark", bins = 60 } = options;
  const all = steps.flatMap(({ samples }) => Object.entries(samples));
  let [least, most] = [Infinity, -Infinity];
  for (const [name, values] of all) {
    if (values.length === 0) throw new RangeError(`sample ${name} is empty`);
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i])) throw new RangeError(`sample ${name} has the value ${values[i]}`);
      least = Math.min(least, values[i]);
      most = Math.max(most, values[i]);
    }
  }
  if (least === most) most = least + 1;
  const width = (most - least) / bins;
  const centers = rounded(linear(least + width / 2, most - width / 2, bins));
  return withSlider({
    prefix,
    active,
    steps: steps.map(({ label, title, samples, marks = {} }) => {
      const shares = Object.values(samples).map((values) => sharesOf(values, least, width, bins));
      const top = 1.05 * Math.max(...shares.flat());
      return {
        label,
        title,
        traces: Object.keys(samples).flatMap((name, i): Data[] => {
          const color = seriesColor(i);
          const at = marks[name] ?? [];
          return [
            {
              type: "bar",
              name,
              x: centers,
              y: rounded(shares[i]),
              width,
              marker: { color, opacity: 0.65 },
              hovertemplate: `${name}: %{y:.2%} around %{x:.4g}<extra></extra>`,
            },
            curve(
              `${name}: ${mark}`,
              at.flatMap((value) => [value, value, NaN]),
              at.flatMap(() => [0, top, NaN]),
              { color, dash: i % 2 === 0 ? "dash" : "dot" },
              `${mark}: %{x:.4f}<extra></extra>`,
              { showlegend: name in marks },
            ),
          ];
        }),
      };
    }),
    x,
    y: { title: "share of the images", tickformat: ".0%", rangemode: "tozero" },
    layout: { barmode: "overlay" },
  });
}

function sharesOf(values: ArrayLike<number>, least: number, width: number, bins: number): number[] {
  const shares = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    shares[Math.min(bins - 1, Math.floor((values[i] - least) / width))] += 1 / values.length;
  }
  return shares;
}
