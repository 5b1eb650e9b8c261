import type { RecordComparison } from "../analysis/compare-records";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { dots, intervals } from "./marks";
import { axis, themed, type Words } from "./theme";

/** The labels of {@link differencesFigure}. The horizontal axis shows what distinguishes the comparisons. */
export interface DifferencesFigureOptions extends Omit<Words, "y"> {
  /** The quantities to show, each with the title of its panel, including units. */
  readonly quantities: Readonly<Record<string, string>>;
}

/**
 * Draws the differences found by several comparisons (`compareRecords`), with one panel per quantity and paired 95 %
 * intervals. If an interval includes 0, the point is drawn as an open circle, because the difference may be due to
 * chance.
 *
 * @param comparisons - the comparisons, by the name shown on the horizontal axis. If all names are numbers and at least
 * one of them is not an integer, the axis is numeric; otherwise the names are labels
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
  const names = isNumeric ? numbers : Object.keys(comparisons);
  const color = COLORS.inputDependent;
  const layout: Record<string, unknown> = {};
  const data = panels.map(([panel, quantity], p) => {
    const found = Object.entries(comparisons).map(([name, comparison]) => {
      const row = comparison.find((one) => one.quantity === quantity);
      if (!row) throw new RangeError(`comparison ${name} has no quantity "${quantity}"`);
      return { value: row.difference, low: row.low, high: row.high };
    });
    const number = p === 0 ? "" : String(p + 1);
    layout[`yaxis${number}`] = axis({ title: "difference", zeroline: true, zerolinecolor: "#999999" });
    const marker = {
      color: found.map(({ low, high }) => (low <= 0 && high >= 0 ? "#ffffff" : color)),
      line: { color, width: 2 },
      size: 9,
    };
    const values = found.map(({ value }) => value);
    const more = { hover: "%{x}: %{y:+.4f}", ...intervals(found, color), yaxis: `y${number}` };
    return dots(panel, names, values, marker, more);
  });
  const annotations = panels.map(([text], p) => ({
    text,
    xref: "paper",
    x: 0,
    yref: `y${p === 0 ? "" : p + 1} domain`,
    y: 1,
    yanchor: "bottom",
    showarrow: false,
  }));
  return themed(data, {
    title,
    x: { title: x, type: isNumeric ? "linear" : "category" },
    y: "",
    layout: {
      grid: { rows: panels.length, columns: 1, ygap: 0.4, domain: { y: [0, 0.92] } },
      height: 180 + 170 * panels.length,
      ...layout,
      annotations,
      showlegend: false,
    } as Figure["layout"],
  });
}
