/** The figures and tables for papers that are made from records. */
import { certifiedAccuracy } from "../analysis/certified-accuracy";
import { classAccuracies } from "../analysis/class-accuracy";
import { compareRecords } from "../analysis/compare-records";
import { summarize } from "../analysis/summary";
import type { CertificationRecord } from "../experiments/record";
import { accuracyDifferenceFigure } from "../figures/accuracy-difference-figure";
import { certifiedAccuracyFigure } from "../figures/certified-accuracy-figure";
import { classAccuracyFigure } from "../figures/class-accuracy-figure";
import type { Figure } from "../figures/figure";
import { waterfallFigure } from "../figures/waterfall-figure";
import { largest } from "../numerics/summaries";

/** A record, together with its name in figures and tables. */
export type NamedRecord = readonly [name: string, record: CertificationRecord];

/** The kinds of figures, by name. A figure of differences takes two records. */
export const FIGURES: Readonly<Record<string, (entries: readonly NamedRecord[]) => Figure>> = {
  "certified-accuracy": (entries) => certifiedAccuracyFigure(new Map(entries)),
  difference: (entries) => accuracyDifferenceFigure(new Map(entries)),
  waterfall: (entries) => waterfallFigure(Object.fromEntries(entries)),
  classes: (entries) => classAccuracyFigure(Object.fromEntries(entries), []),
};

/** The kinds of tables, by name. The table of differences compares the other records with the first. */
export const TABLES: Readonly<Record<string, (entries: readonly NamedRecord[]) => object[]>> = {
  accuracy: accuracyTable,
  differences: ([first, ...others]) =>
    others.flatMap(([name, record]) =>
      compareRecords(first[1], record).map((row) => ({ run: `${name} − ${first[0]}`, ...row })),
    ),
  classes: (entries) =>
    entries.flatMap(([run, { rows }]) =>
      classAccuracies(rows).map(({ label, inputs, accuracy }) => ({
        run,
        class: label,
        images: inputs,
        accuracy,
      })),
    ),
};

/** Returns a table with one row per run: σ, accuracy, radius. */
export function summaryTable(entries: readonly NamedRecord[]): object[] {
  return entries.map(([name, record]) => {
    const { inputs, meanSigma, accuracy, abstained, averageRadius } = summarize(record);
    return {
      run: name,
      images: inputs,
      "mean σ(x)": meanSigma,
      accuracy,
      abstained,
      "average certified radius": averageRadius,
    };
  });
}

/**
 * Returns the {@link summaryTable}, extended by the certified accuracy at the radii that at least one record
 * reaches.
 */
function accuracyTable(entries: readonly NamedRecord[]): object[] {
  const radii = reachedRadii(entries);
  return summaryTable(entries).map((row, i) => {
    const accuracies = radii.map((radius) => [
      `certified at ${radius}`,
      certifiedAccuracy(entries[i][1].rows, radius),
    ]);
    return { ...row, ...(Object.fromEntries(accuracies) as object) };
  });
}

/** The radii at which certified accuracy is stated, if a record reaches them. */
const RADII = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3];

/** Returns those elements of `RADII` that at least one record reaches. */
export function reachedRadii(entries: readonly NamedRecord[]): number[] {
  const most = largest(entries.flatMap(([, { rows }]) => rows.map(({ radius }) => radius)));
  return RADII.filter((radius) => radius <= most);
}
