import { certifiedAccuracyBand, certifiedAccuracyCurve } from "../analysis/certified-accuracy";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import { namedEntries, recordColors, type NamedRecords } from "./record-colors";
import { bandTraces, thinned } from "./steps";

/** What {@link certifiedAccuracyFigure} shows beside the curves. */
export interface CertifiedAccuracyFigureOptions {
  /** A band around each curve: where the certified accuracy of all images may be (95 % at each radius). */
  readonly band?: boolean;
  /** Values of others at some radii, such as `COHEN_CIFAR10`, for records by their name; dotted. */
  readonly published?: Readonly<
    Record<string, { readonly radius: readonly number[]; readonly accuracy: readonly number[] }>
  >;
  /** By default "Certified accuracy". */
  readonly title?: string;
}

/**
 * Certified accuracy against radius, one curve for each record.
 *
 * Constant σ is drawn blue and dashed, σ(x) orange and solid; further records of a kind in other shades.
 *
 * @param records - at least one, by the name that the legend shows
 * @throws RangeError if a record has no row
 */
export function certifiedAccuracyFigure(
  records: NamedRecords,
  { band = false, published = {}, title = "Certified accuracy" }: CertifiedAccuracyFigureOptions = {},
): Figure {
  const colors = recordColors(records);
  const entries = namedEntries(records);
  const largest = Math.max(
    ...entries.flatMap(([, { rows }]) => rows.map(({ radius }) => radius)),
    ...Object.values(published).flatMap(({ radius }) => radius),
  );
  const end = 1.03 * (largest || 1);
  const data = entries.flatMap(([name, { configuration, rows }]): Figure["data"] => {
    const curve = certifiedAccuracyCurve(rows);
    const [radius, accuracy] = [thinned(curve.radius), thinned(curve.accuracy)];
    const color = colors[name];
    const others = Object.hasOwn(published, name) ? published[name] : undefined;
    return [
      ...(band ? bandTraces(certifiedAccuracyBand(rows, [...radius.slice(0, -1), end]), color) : []),
      {
        type: "scatter",
        mode: "lines",
        name,
        x: rounded(radius),
        y: rounded(accuracy),
        line: {
          shape: "vh",
          width: 2,
          color,
          dash: configuration.variance.isConstant ? "dash" : "solid",
        },
        hovertemplate: "radius %{x:.3f}<br>certified accuracy %{y:.3f}",
      },
      ...(others
        ? ([
            {
              type: "scatter",
              mode: "lines",
              name: `${name}, published`,
              x: [...others.radius],
              y: [...others.accuracy],
              line: { width: 1.5, color, dash: "dot" },
              hovertemplate: "published, radius %{x:.3f}<br>certified accuracy %{y:.3f}",
            },
          ] satisfies Figure["data"])
        : []),
    ];
  });
  return {
    data,
    layout: {
      title: { text: title, x: 0.02, xanchor: "left" },
      xaxis: { title: { text: "l<sub>2</sub> radius (pixels in [0, 1])" }, range: [0, end] },
      yaxis: { title: { text: "certified accuracy" }, range: [0, 1.02], tickformat: ".0%" },
      margin: { l: 70, r: 20, t: 90, b: 60 },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
    },
  };
}
