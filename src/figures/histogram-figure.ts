import { largest } from "../numerics/summaries";
import type { Data } from "plotly.js-dist";
import type { Figure } from "./figure";
import { linear, rounded } from "./grid";
import { seriesColor, verticals } from "./marks";
import { type SliderStart, withSlider } from "./slider";

/** The contents of the figure at one position of the slider. */
export interface HistogramStep {
  readonly label: string;
  readonly title: string;
  /** The samples, by name, in the same order at every position. */
  readonly samples: Readonly<Record<string, ArrayLike<number>>>;
  /** The values to mark with vertical lines in each sample, by the sample's name. */
  readonly marks?: Readonly<Record<string, readonly number[]>>;
}

/** The arguments of {@link histogramFigure}. */
export interface HistogramFigureOptions extends SliderStart {
  /** The text in front of the label of the slider's position. */
  readonly prefix: string;
  /** The contents of the figure at each position of the slider. The slider must have at least one position. */
  readonly steps: readonly HistogramStep[];
  /** The title of the horizontal axis, with units. */
  readonly x: string;
  /** The name of the marks in the legend. */
  readonly mark?: string;
  /** The number of bins. Default: 60. */
  readonly bins?: number;
}

/**
 * Draws histograms of samples: the share of each sample that falls into each bin. All positions of the slider use the
 * same bins, which range from the smallest to the largest value of all samples, so that the histograms can be compared.
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
  const { least, width } = equalBins(steps, bins);
  const centers = rounded(linear(least + width / 2, least + (bins - 0.5) * width, bins));
  return withSlider({
    prefix,
    positions: steps,
    active,
    at: ({ title, samples, marks = {} }) => {
      const shares = Object.values(samples).map((values) => sharesOf(values, least, width, bins));
      const top = 1.05 * largest(shares.flat());
      const traces = Object.keys(samples).flatMap((name, i): Data[] => {
        const color = seriesColor(i);
        const line = { color, dash: i % 2 === 0 ? "dash" : "dot" } as const;
        const more = { hover: `${mark}: %{x:.4f}<extra></extra>`, showlegend: name in marks };
        const bars = {
          type: "bar",
          name,
          x: centers,
          y: rounded(shares[i]),
          width,
          marker: { color, opacity: 0.65 },
          hovertemplate: `${name}: %{y:.3f} around %{x:.4g}<extra></extra>`,
        } as const;
        return [bars, verticals(`${name}: ${mark}`, marks[name] ?? [], top, line, more)];
      });
      return { title, traces };
    },
    x,
    y: { title: "share of images", rangemode: "tozero" },
    layout: { barmode: "overlay" },
  });
}

/** Computes the start of the bins for all samples, and the width of each bin. */
function equalBins(steps: readonly HistogramStep[], bins: number): { least: number; width: number } {
  let [least, most] = [Infinity, -Infinity];
  for (const [name, values] of steps.flatMap(({ samples }) => Object.entries(samples))) {
    if (values.length === 0) throw new RangeError(`sample ${name} is empty`);
    for (const value of Array.from(values)) {
      if (!Number.isFinite(value)) throw new RangeError(`sample ${name} has the value ${value}`);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return { least, width: (least === most ? 1 : most - least) / bins };
}

function sharesOf(values: ArrayLike<number>, least: number, width: number, bins: number): number[] {
  const shares = new Array<number>(bins).fill(0);
  for (const value of Array.from(values)) {
    shares[Math.min(bins - 1, Math.floor((value - least) / width))] += 1 / values.length;
  }
  return shares;
}
