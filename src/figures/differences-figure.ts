import type { RecordComparison } from "../analysis/compare-records";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { rounded } from "./grid";

/** The words of {@link differencesFigure}. */
export interface DifferencesFigureOptions {
  readonly title: string;
  /** What the comparisons differ in, for the horizontal axis. */
  readonly x: string;
  /** Quantities of the comparisons to show, by what their panels call them, with units. */
  readonly quantities: Readonly<Record<string, string>>;
}

/**
 * Differences of several comparisons, one panel for each quantity: what `compareRecords` gives, with paired 95 %
 * intervals. Where an interval includes 0 (drawn open), the difference may be chance.
 *
 * @param comparisons - by the name that stands on the horizontal axis, which is one of numbers if all names are
 * (but for integers, which are labels)
 * @throws RangeError if a comparison lacks one of the quantities
 */
export function differencesFigure(
  comparisons: Readonly<Record<string, readonly RecordComparison[]>>,
  { title, x, quantities }: DifferencesFigureOptions,
): Figure {
  const panels = Object.entries(quantities);
  const numbers = Object.keys(comparisons).map(Number);
  const isNumeric = numbers.every(Number.isFinite) && !numbers.every(Number.isInteger);
  const gap = 0.12;
  const width = (1 - gap * (panels.length - 1)) / panels.length;
  const layout: Record<string, unknown> = {};
  const data = panels.map(([panel, quantity], p): Figure["data"][number] => {
    const found = Object.entries(comparisons).map(([name, comparison]) => {
      const row = comparison.find((one) => one.quantity === quantity);
      if (!row) throw new RangeError(`comparison ${name} has no quantity "${quantity}"`);
      return { name, ...row };
    });
    const number = p === 0 ? "" : String(p + 1);
    const left = p * (width + gap);
    layout[`xaxis${number}`] = {
      domain: [left, left + width],
      anchor: `y${number}`,
      type: isNumeric ? "linear" : "category",
      title: { text: x },
    };
    layout[`yaxis${number}`] = {
      anchor: `x${number}`,
      title: { text: `difference of ${panel}`, standoff: 4 },
      zeroline: true,
      zerolinecolor: "#999999",
    };
    const isOpen = found.map(({ low, high }) => low <= 0 && high >= 0);
    const error = {
      array: rounded(found.map(({ difference, high }) => high - difference)),
      arrayminus: rounded(found.map(({ difference, low }) => difference - low)),
    };
    return {
      type: "scatter",
      mode: "markers",
      name: panel,
      x: found.map(({ name }) => (isNumeric ? Number(name) : name)),
      y: rounded(found.map(({ difference }) => difference)),
      error_y: { type: "data", symmetric: false, ...error, color: COLORS.inputDependent, thickness: 1.5 },
      marker: {
        color: isOpen.map((open) => (open ? "#ffffff" : COLORS.inputDependent)),
        line: { color: COLORS.inputDependent, width: 2 },
        size: 9,
      },
      xaxis: `x${number}`,
      yaxis: `y${number}`,
      hovertemplate: "%{x}: %{y:+.4f}",
    } as Figure["data"][number];
  });
  return {
    data,
    layout: {
      ...layout,
      title: { text: title, x: 0.02, xanchor: "left" },
      showlegend: false,
      margin: { l: 75, r: 20, t: 60, b: 60 },
    },
  };
}
