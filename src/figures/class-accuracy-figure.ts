import { classAccuracies } from "../analysis/class-accuracy";
import type { CertificationRecord } from "../experiments/record";
import { clopperPearsonInterval } from "../probability/binomial";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import { recordColors } from "./record-colors";

/** The error probability of an interval. */
const ALPHA = 0.05;

/**
 * Accuracy by class, for each record, with 95 % intervals (Clopper and Pearson) for the accuracy on images of the
 * class in general, of which the certified ones are a sample. The intervals are of each record by itself: whether two
 * records differ, `compareRecords` of their rows of a class tells.
 *
 * @param records - at least one, by the name that the legend shows
 * @param classNames - of the data set, by label
 */
export function classAccuracyFigure(
  records: Readonly<Record<string, CertificationRecord>>,
  classNames: readonly string[],
): Figure {
  const colors = recordColors(records);
  let least = 1;
  return {
    data: Object.entries(records).map(([name, { rows }]): Figure["data"][number] => {
      const classes = classAccuracies(rows).map(({ label, inputs, accuracy }) => {
        const right = Math.round(accuracy * inputs);
        const { low, high } = clopperPearsonInterval(right, inputs, ALPHA);
        least = Math.min(least, low);
        return { label, accuracy, above: high - accuracy, below: accuracy - low };
      });
      return {
        type: "scatter",
        mode: "markers",
        name,
        x: classes.map(({ label }) => classNames[label] ?? String(label)),
        y: rounded(classes.map(({ accuracy }) => accuracy)),
        error_y: {
          type: "data",
          symmetric: false,
          array: rounded(classes.map(({ above }) => above)),
          arrayminus: rounded(classes.map(({ below }) => below)),
          color: colors[name],
          thickness: 1.5,
        },
        marker: { color: colors[name], size: 9 },
        hovertemplate: "%{x}: %{y:.3f}",
      };
    }),
    layout: {
      title: { text: "Accuracy of the smoothed classifier by class", x: 0.02, xanchor: "left" },
      scattermode: "group",
      xaxis: { title: { text: "class" }, type: "category" },
      yaxis: {
        title: { text: "accuracy (abstention is an error)" },
        range: [1.03 * least - 0.03, 1 + 0.05 * (1 - least)],
      },
      margin: { l: 70, r: 20, t: 90, b: 60 },
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom" },
    } as Figure["layout"],
  };
}
