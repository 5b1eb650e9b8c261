import { classAccuracies } from "../analysis/class-accuracy";
import type { CertificationRecord } from "../experiments/record";
import { clopperPearsonInterval } from "../probability/binomial";
import type { Figure } from "./figure";
import { dots, intervals } from "./marks";
import { drawnRecords, withSampleSize } from "./record-colors";
import { themed } from "./theme";

/** The error probability of an interval: 1 minus its confidence level. */
const ALPHA = 0.05;

/**
 * Draws the accuracy by class for each record. The 95 % Clopper-Pearson intervals are for the accuracy on all
 * images of the class; the certified images are a sample of these images. Each interval describes a single
 * record; to see whether two records differ in a class, reduce them to the rows of that class and pass them to
 * `compareRecords`.
 *
 * @param records - at least one record, by the name shown in the legend
 * @param classNames - the class names of the data set, by label
 * @throws RangeError if a record has no rows
 * @example
 * const record = await readRecord("records/cifar10-0.5-r0.01");
 * const { classNames } = await loadCifar10("test", { every: 20 });
 * const figure = classAccuracyFigure({ "σ(x)": record }, classNames);
 */
export function classAccuracyFigure(
  records: Readonly<Record<string, CertificationRecord>>,
  classNames: readonly string[],
): Figure {
  let least = 1;
  const drawn = drawnRecords(records);
  const data = drawn.map(({ name, record, line: { color } }) => {
    const classes = classAccuracies(record.rows).map(({ label, inputs, accuracy }) => {
      const { low, high } = clopperPearsonInterval(Math.round(accuracy * inputs), inputs, ALPHA);
      least = Math.min(least, low);
      return { name: classNames[label] ?? String(label), value: accuracy, low, high };
    });
    const [names, values] = [classes.map((one) => one.name), classes.map(({ value }) => value)];
    const more = { hover: "%{x}: %{y:.3f}", ...intervals(classes, color) };
    return dots(name, names, values, { color, size: 9 }, more);
  });
  return themed(data, {
    title: withSampleSize("Accuracy by class (an abstention is an error)", drawn),
    x: { title: "class", type: "category" },
    y: { title: "accuracy", range: [1.03 * least - 0.03, 1 + 0.05 * (1 - least)] },
    layout: { scattermode: "group" } as Figure["layout"],
  });
}
