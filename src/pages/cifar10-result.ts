/** Reads the project's result on CIFAR-10 from the records that come with the package. */
import { COHEN_CIFAR10 } from "../analysis/published-results";
import { type CertificationRecord, readRecord } from "../experiments/record";
import { certifiedAccuracyFigure } from "../figures/certified-accuracy-figure";
import { COLORS } from "../figures/colors";
import type { Figure } from "../figures/figure";
import { withRoomAbove } from "../figures/theme";
import { packageFile } from "../files/package-file";

/** Two runs with the same base classifier and the same σ_b. */
export interface Cifar10Pair {
  readonly sigmaBase: number;
  /** The run with constant σ equal to the mean of σ(x). */
  readonly constant: CertificationRecord;
  /** The run with the paper's σ(x), r = 0.01. */
  readonly inputDependent: CertificationRecord;
}

/** Reads the runs with n = 100,000 at each σ_b. */
export async function cifar10Result(): Promise<Cifar10Pair[]> {
  const read = (name: string): Promise<CertificationRecord> =>
    readRecord(packageFile("records", `cifar10-${name}`));
  return Promise.all(
    COHEN_CIFAR10.map(async ({ sigma }) => ({
      sigmaBase: sigma,
      constant: await read(`${sigma}-mean-n100000`),
      inputDependent: await read(`${sigma}-r0.01-n100000`),
    })),
  );
}

/**
 * Draws the certified accuracy of all runs, together with the published values of Cohen et al. The legend has one
 * entry for each kind of curve.
 */
export function cifar10Figure(pairs: readonly Cifar10Pair[]): Figure {
  const records = new Map<string, CertificationRecord>();
  const published: Record<string, (typeof COHEN_CIFAR10)[number]> = {};
  pairs.forEach(({ sigmaBase, constant, inputDependent }, i) => {
    const name = `constant σ, ${sigmaBase}`;
    records.set(name, constant).set(`σ(x), ${sigmaBase}`, inputDependent);
    published[name] = COHEN_CIFAR10[i];
  });
  const figure = certifiedAccuracyFigure(records, { published, title: "Certified accuracy on CIFAR-10" });
  const kinds = [
    { name: "constant σ", color: COLORS.constant },
    { name: "Cohen et al., ResNet-110", color: COLORS.reference },
    { name: "σ(x), r = 0.01", color: COLORS.inputDependent },
  ];
  const data = figure.data.map((trace, i) => {
    const { name, color } = kinds[i % kinds.length];
    const line = { ...(trace as { line: object }).line, color };
    return { ...trace, line, name, showlegend: i < kinds.length } as Figure["data"][number];
  });
  return withRoomAbove({ ...figure, data });
}
