import { CLAMPS, clampedRadius } from "../certificates/clamped-radius";
import { cohenRadius } from "../certificates/cohen";
import type { CertificationRecord } from "../experiments/record";
import { mean, quantile } from "../numerics/summaries";
import { ABSTAIN } from "../smoothing/certify";
import { summarize } from "./summary";
import { withRadii } from "./with-radii";

/** The results of three radius formulas for the same votes and σ(x). The keys are the headings of a table. */
export interface FormulaComparison {
  /** The mean of σ(x) over the inputs. */
  readonly "mean σ(x)": number;
  /** The mean of p_A over the inputs. */
  readonly "mean p_A": number;
  /**
   * The average certified radius of the exact certificate, the only formula of the three that is proved. If
   * the predicted class is wrong, the radius counts as 0.
   */
  readonly exact: number;
  /** The average radius of Cohen's formula with σ = σ(x). The formula is valid only for constant σ. */
  readonly "Cohen's formula": number;
  /** The average radius of the earlier code's clamped one-sided formula. */
  readonly "clamped, one-sided": number;
  /**
   * The share of inputs whose clamped one-sided radius exceeds the exact radius; abstentions are left out.
   */
  readonly "share above exact": number;
  /**
   * The median percentage by which the clamped one-sided radius exceeds the exact radius, over the inputs at
   * which the clamped radius is the larger one.
   */
  readonly "median excess, %": number;
  /** The share of inputs whose clamped one-sided radius is 0; abstentions are left out. */
  readonly "share at 0": number;
}

/**
 * Compares the exact certificate with Cohen's formula and with the clamped one-sided formula of earlier code,
 * on the votes of one record. If σ(x) varies, only the exact certificate proves its radii.
 *
 * @param clamp - the earlier code's clamp for this data set, as in `clampedRadius`; the default is taken from
 *   `CLAMPS`
 * @throws RangeError if no clamp is given and `CLAMPS` has none for the data set
 * @example
 * const mnist = await readExperiment("mnist");
 * showTable(mnist.rates.map((rate) => compareFormulas(mnist.record(0.5, `r${rate}`))));
 */
export function compareFormulas(
  record: CertificationRecord,
  clamp: number | undefined = (CLAMPS as Readonly<Record<string, number>>)[record.configuration.dataset.name],
): FormulaComparison {
  const { dataset, variance } = record.configuration;
  if (clamp === undefined)
    throw new RangeError(`clamp must be given for ${dataset.name}: the earlier code has none`);
  const { dimension } = dataset;
  const { rate } = variance;
  const cohen = withRadii(record, ({ sigma, pA }) => cohenRadius({ sigma, pA }));
  const clamped = withRadii(record, ({ sigma, pA }) => clampedRadius({ dimension, sigma, rate, pA, clamp }));
  const excess = record.rows.flatMap(({ predicted, radius }, i) =>
    predicted === ABSTAIN ? [] : [clamped.rows[i].radius / radius - 1],
  );
  const above = excess.filter((one) => one > 0).sort((a, b) => a - b);
  const { meanSigma, averageRadius } = summarize(record);
  return {
    "mean σ(x)": meanSigma,
    "mean p_A": mean(record.rows.map(({ pA }) => pA)),
    exact: averageRadius,
    "Cohen's formula": summarize(cohen).averageRadius,
    "clamped, one-sided": summarize(clamped).averageRadius,
    "share above exact": above.length / excess.length,
    "median excess, %": above.length === 0 ? 0 : 100 * quantile(above, 0.5),
    "share at 0": excess.filter((one) => one === -1).length / excess.length,
  };
}
