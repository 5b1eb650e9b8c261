import { certifiedAccuracyCurve } from "../analysis/certified-accuracy";
import type { CertificationRecord } from "../experiments/record";
import { COLOURS } from "./colours";
import type { Figure } from "./figure";

/**
 * Certified accuracy against radius, one curve for each record.
 *
 * Constant σ is drawn blue and dashed, σ(x) orange and solid.
 *
 * @param records - at least one, by the name that the legend shows
 * @throws RangeError if a record has no row
 */
export function certifiedAccuracyFigure(records: Readonly<Record<string, CertificationRecord>>): Figure {
  const data = Object.entries(records).map(([name, { configuration, rows }]): Figure["data"][number] => {
    const { radius, accuracy } = certifiedAccuracyCurve(rows);
    const isConstant = configuration.variance.rate === 0;
    return {
      type: "scatter",
      mode: "lines",
      name,
      x: radius,
      y: accuracy,
      line: {
        shape: "vh",
        width: 2,
        color: isConstant ? COLOURS.constant : COLOURS.inputDependent,
        dash: isConstant ? "dash" : "solid",
      },
      hovertemplate: "radius %{x:.3f}<br>certified accuracy %{y:.3f}",
    };
  });
  const largest = Math.max(...Object.values(records).flatMap(({ rows }) => rows.map(({ radius }) => radius)));
  return {
    data,
    layout: {
      title: { text: "Certified accuracy" },
      xaxis: { title: { text: "l<sub>2</sub> radius (pixels in [0, 1])" }, range: [0, 1.03 * largest] },
      yaxis: { title: { text: "certified accuracy" }, range: [0, 1.02], tickformat: ".0%" },
      margin: { l: 70, r: 20, t: 60, b: 60 },
      legend: { x: 0.02, y: 0.04, xanchor: "left", yanchor: "bottom" },
    },
  };
}
