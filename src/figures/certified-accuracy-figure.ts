import { certifiedAccuracyCurve } from "../analysis/certified-accuracy";
import type { CertificationRecord } from "../experiments/record";
import { COLOURS } from "./colours";
import type { Figure } from "./figure";
import { rounded } from "./grid";

/** Colours of the first, second, … record of a kind. */
const SHADES = {
  constant: [COLOURS.constant, COLOURS.series[0], COLOURS.reference],
  inputDependent: [COLOURS.inputDependent, COLOURS.series[2], COLOURS.worstCase],
} as const;

/** Most corners of a drawn curve; of more, every so manyth is drawn, which nobody can see. */
const MOST_CORNERS = 2000;

/**
 * Certified accuracy against radius, one curve for each record.
 *
 * Constant σ is drawn blue and dashed, σ(x) orange and solid; further records of a kind in other shades.
 *
 * @param records - at least one, by the name that the legend shows
 * @throws RangeError if a record has no row
 */
export function certifiedAccuracyFigure(records: Readonly<Record<string, CertificationRecord>>): Figure {
  const count = { constant: 0, inputDependent: 0 };
  const data = Object.entries(records).map(([name, { configuration, rows }]): Figure["data"][number] => {
    const { radius, accuracy } = thinned(certifiedAccuracyCurve(rows));
    const isConstant = configuration.variance.rate === 0;
    const kind = isConstant ? "constant" : "inputDependent";
    const color = SHADES[kind][count[kind]++ % SHADES[kind].length];
    return {
      type: "scatter",
      mode: "lines",
      name,
      x: rounded(radius),
      y: rounded(accuracy),
      line: {
        shape: "vh",
        width: 2,
        color,
        dash: isConstant ? "dash" : "solid",
      },
      hovertemplate: "radius %{x:.3f}<br>certified accuracy %{y:.3f}",
    };
  });
  const largest = Math.max(...Object.values(records).flatMap(({ rows }) => rows.map(({ radius }) => radius)));
  return {
    data,
    layout: {
      title: { text: "Certified accuracy", x: 0.02, xanchor: "left" },
      xaxis: { title: { text: "l<sub>2</sub> radius (pixels in [0, 1])" }, range: [0, 1.03 * largest] },
      yaxis: { title: { text: "certified accuracy" }, range: [0, 1.02], tickformat: ".0%" },
      margin: { l: 70, r: 20, t: 90, b: 60 },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
    },
  };
}

function thinned({ radius, accuracy }: ReturnType<typeof certifiedAccuracyCurve>): {
  radius: number[];
  accuracy: number[];
} {
  const step = Math.ceil(radius.length / MOST_CORNERS);
  const isKept = (_: number, i: number): boolean => i % step === 0 || i >= radius.length - 2;
  return { radius: radius.filter(isKept), accuracy: accuracy.filter(isKept) };
}
