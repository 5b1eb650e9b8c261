import type { RecordComparison } from "../analysis/compare-records";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { dots, intervals } from "./marks";
import { axis, themed } from "./theme";

/** The words of {@link differencesFigure}. */
export interface DifferencesFigureOptions {
  /** Title of the figure. */
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
 * @example
 * const record = (name: string) => readRecord(`records/mnist-0.5-${name}`);
 * const compared = async (name: string) => compareRecords(await record("mean"), await record(name));
 * const figure = differencesFigure(
 *   { "0.005": await compared("r0.005"), "0.01": await compared("r0.01") },
 *   { title: "σ(x) against constant σ", x: "rate r", quantities: { [QUANTITIES.averageRadius]: "average certified radius" } },
 * );
 */
export function differencesFigure(
  comparisons: Readonly<Record<string, readonly RecordComparison[]>>,
  { title, x, quantities }: DifferencesFigureOptions,
): Figure {
  const panels = Object.entries(quantities);
  const numbers = Object.keys(comparisons).map(Number);
  const isNumeric = numbers.every(Number.isFinite) && !numbers.every(Number.isInteger);
  const gap = 0.2;
  const width = (1 - gap * (panels.length - 1)) / panels.length;
  const layout: Record<string, unknown> = {};
  const color = COLORS.inputDependent;
  const data = panels.map(([panel, quantity], p) => {
    const found = Object.entries(comparisons).map(([name, comparison]) => {
      const row = comparison.find((one) => one.quantity === quantity);
      if (!row) throw new RangeError(`comparison ${name} has no quantity "${quantity}"`);
      return { name, value: row.difference, low: row.low, high: row.high };
    });
    const number = p === 0 ? "" : String(p + 1);
    const left = p * (width + gap);
    layout[`xaxis${number}`] = {
      ...axis({ title: x, type: isNumeric ? "linear" : "category" }),
      domain: [left, left + width],
      anchor: `y${number}`,
    };
    layout[`yaxis${number}`] = {
      ...axis({ title: `difference of ${panel}`, zeroline: true, zerolinecolor: "#999999" }),
      anchor: `x${number}`,
    };
    return dots(
      panel,
      found.map(({ name }) => (isNumeric ? Number(name) : name)),
      found.map(({ value }) => value),
      {
        color: found.map(({ low, high }) => (low <= 0 && high >= 0 ? "#ffffff" : color)),
        line: { color, width: 2 },
        size: 9,
      },
      "%{x}: %{y:+.4f}",
      { ...intervals(found, color), xaxis: `x${number}`, yaxis: `y${number}` },
    );
  });
  return themed(data, { title, x, y: "", layout: { ...layout, showlegend: false } });
}
