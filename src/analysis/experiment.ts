import { readdir } from "node:fs/promises";
import { CIFAR10 } from "../datasets/cifar10";
import { MNIST } from "../datasets/mnist";
import { type CertificationRecord, readRecord } from "../experiments/record";
import { firstDifference } from "../files/first-difference";
import { packageFile } from "../files/package-file";
import { countText } from "../numerics/count-text";
import { type BoundComparison, compareBounds } from "./compare-bounds";
import { type ClassComparison, compareClasses } from "./compare-classes";
import { compareFormulas, type FormulaComparison } from "./compare-formulas";
import { compareRecords, type RecordComparison } from "./compare-records";
import { compareSeeds, type SeedComparison } from "./compare-seeds";
import { summarize } from "./summary";
import { compareRadii, type RadiusComparison } from "./waterfall";

/** The title of each experiment and the names of its classes. */
type Named = Pick<Experiment, "title" | "classNames">;

const DATA_SETS: Readonly<Record<"mnist" | "cifar10", Named>> = {
  mnist: { title: "MNIST", classNames: MNIST.classNames },
  cifar10: { title: "CIFAR-10", classNames: CIFAR10.classNames },
};

/**
 * Returns the title of a data set and the names of its classes. A data set that is not in the paper keeps the
 * name that it has in records.
 */
export function namesOf(dataset: string): { title: string; className: (label: number) => string } {
  const { title, classNames }: Named = Object.hasOwn(DATA_SETS, dataset)
    ? DATA_SETS[dataset as keyof typeof DATA_SETS]
    : { title: dataset, classNames: [] };
  return { title, className: (label) => classNames[label] ?? String(label) };
}

/**
 * The suffixes of record names: `all` for all test images with n = 1000, `n100000` for every 20th test image
 * with n = 100,000. Records without a suffix are for every 20th test image with n = 10,000.
 */
const EXTENTS = ["all", "n100000"] as const;

/** The data set and σ_b of a row in a table, for example "MNIST, 0.5". */
export interface ExperimentSetting {
  /** The title of the data set, followed by σ_b. */
  readonly "data set, σ_b": string;
}

/**
 * The paper's experiment on one data set: all records for the same images and n, by σ_b and kind. The kind is
 * `base` (constant σ_b), `mean` (constant σ at the mean of σ(x) for r = 0.01) or, for example, `r0.01` (σ(x)
 * with rate 0.01). A suffix of the kind marks a different base classifier; see records/README.md.
 */
export interface Experiment {
  /** The title of the data set. */
  readonly title: string;
  /** The names of the classes, by label. */
  readonly classNames: readonly string[];
  /** The values of σ_b, in ascending order. */
  readonly sigmaBases: readonly number[];
  /** The rates r of σ(x), in ascending order. */
  readonly rates: readonly number[];
  /** A caption for tables that states what all records share: the number of images, n0, n and α. */
  readonly conditions: string;
  /** The value of n as text for a title, for example "10,000". */
  readonly n: string;
  /**
   * Returns the record of the given kind at σ_b.
   *
   * @throws RangeError if there is no such record; the error names the available kinds
   */
  record(sigmaBase: number, kind: string): CertificationRecord;
  /**
   * Returns the two records of the fair comparison at σ_b: `mean` and `r0.01`, which have the same base
   * classifier. The keys are names for a legend.
   */
  pair(sigmaBase: number): Record<string, CertificationRecord>;
  /**
   * Returns the records of kind `mean` and of σ(x) with every rate, at σ_b. The keys are names for a legend.
   */
  byRate(sigmaBase: number): Record<string, CertificationRecord>;
  /**
   * Compares two kinds at σ_b with `compareRecords`, including certified accuracies at the radii
   * σ_b / 2, σ_b and 2 σ_b. By default the fair pair is compared.
   */
  compare(sigmaBase: number, first?: string, second?: string): RecordComparison[];
  /**
   * Compares two kinds at σ_b over the training seeds. The records at seed 1 have kinds without a suffix; the
   * records at other seeds have kinds with the suffix `-seed-2`, `-seed-3`, ….
   */
  compareSeeds(sigmaBase: number, first?: string, second?: string): SeedComparison[];
  /**
   * Returns the differences between two kinds in some of the {@link QUANTITIES}, with one row for each
   * quantity and each σ_b that has records of both kinds. By default the kinds are those of the fair pair.
   */
  differences(
    quantities: readonly string[],
    first?: string,
    second?: string,
  ): (ExperimentSetting & RecordComparison)[];
  /** Compares the radii of the fair pair, in one row for each σ_b. */
  waterfalls(): (ExperimentSetting & RadiusComparison)[];
  /** Compares the accuracies of the fair pair at σ_b class by class, with `compareClasses`. */
  compareClasses(sigmaBase: number): ClassComparison[];
  /** Applies three radius formulas to σ(x) with every rate, with `compareFormulas`, at every σ_b. */
  compareFormulas(): ({
    /** σ_b and the rate r, for example "0.5, 0.01". */
    readonly "σ_b, rate r": string;
  } & FormulaComparison)[];
  /** Applies both confidence bounds to the fair pair, with `compareBounds`, at every σ_b. */
  compareBounds(): Promise<
    ({
      /** The value of σ_b, for example "0.5". */
      readonly σ_b: string;
      /** The name of the run, as in `pair`. */
      readonly run: string;
    } & BoundComparison)[]
  >;
  /** Returns a summary of every record, in one row per record. The keys are the headings of a table. */
  summaries(): object[];
}

/**
 * Reads the records of one of the experiments that come with the package.
 *
 * @param name - the name of the experiment, `mnist` or `cifar10`
 * @param extent - the records to read: `all` for all test images with n = 1000, or `n100000` for every 20th
 *   test image with n = 100,000; by default, the records for every 20th test image with n = 10,000
 * @throws RangeError if no experiment has this name, or if none of its records has this extent; Error if a record is
 *   damaged, or if records differ in images, n0, n or α
 * @example
 * const mnist = await readExperiment("mnist");
 * showTable(mnist.compare(0.5), { caption: mnist.conditions });
 */
export async function readExperiment(
  name: "mnist" | "cifar10",
  extent?: (typeof EXTENTS)[number],
): Promise<Experiment> {
  if (!Object.hasOwn(DATA_SETS, name)) {
    throw new RangeError(`name must be ${Object.keys(DATA_SETS).join(" or ")}, got ${String(name)}`);
  }
  const form = new RegExp(`^${name}-([\\d.]+)-(.+?)(?:-(${EXTENTS.join("|")}))?$`);
  const runs: Run[] = [];
  for (const folder of await readdir(packageFile("records"))) {
    const [, sigmaBase, kind, ending] = form.exec(folder) ?? [];
    if (kind === undefined || ending !== extent) continue;
    runs.push({
      sigmaBase: Number(sigmaBase),
      kind,
      record: await readRecord(packageFile("records", folder)),
    });
  }
  if (runs.length === 0) throw new RangeError(`there is no record of ${name} with the suffix -${extent}`);
  return experimentOf(DATA_SETS[name], runs);
}

/** A record of an experiment. */
interface Run {
  readonly sigmaBase: number;
  readonly kind: string;
  readonly record: CertificationRecord;
}

function experimentOf({ title, classNames }: Named, runs: readonly Run[]): Experiment {
  const records = new Map(runs.map(({ sigmaBase, kind, record }) => [`${sigmaBase} ${kind}`, record]));
  const sigmaBases = ascending(runs.map(({ sigmaBase }) => sigmaBase));
  const rates = ascending(runs.flatMap(({ kind }) => /^r([\d.]+)$/.exec(kind)?.slice(1).map(Number) ?? []));
  const otherSeeds = [...new Set(runs.flatMap(({ kind }) => /-seed-\d+$/.exec(kind)?.[0] ?? []))].sort();
  const record = (sigmaBase: number, kind: string): CertificationRecord =>
    records.get(`${sigmaBase} ${kind}`) ?? refuse(title, sigmaBase, kind, records);
  const hasAll = (sigmaBase: number, ...kinds: readonly string[]): boolean =>
    kinds.every((kind) => records.has(`${sigmaBase} ${kind}`));
  const compare = (sigmaBase: number, first = "mean", second = "r0.01"): RecordComparison[] =>
    compareRecords(record(sigmaBase, first), record(sigmaBase, second), radiiOf(sigmaBase));
  const fair = (sigmaBase: number) => [record(sigmaBase, "mean"), record(sigmaBase, "r0.01")] as const;
  const pair = (sigmaBase: number): Record<string, CertificationRecord> => {
    const [constant, inputDependent] = fair(sigmaBase);
    return { "constant σ": constant, "σ(x), r = 0.01": inputDependent };
  };
  const settingOf = (sigmaBase: number): ExperimentSetting => ({ "data set, σ_b": `${title}, ${sigmaBase}` });
  return {
    title,
    classNames,
    sigmaBases,
    rates,
    conditions: commonConditions(title, records),
    n: countText(runs[0].record.configuration.n),
    record,
    pair,
    byRate: (sigmaBase) => ({
      "constant σ": record(sigmaBase, "mean"),
      ...Object.fromEntries(rates.map((rate) => [`r = ${rate}`, record(sigmaBase, `r${rate}`)])),
    }),
    compare,
    compareSeeds: (sigmaBase, first = "mean", second = "r0.01") => {
      const seeds = otherSeeds.filter((seed) => hasAll(sigmaBase, first + seed, second + seed));
      return compareSeeds(["", ...seeds].map((seed) => compare(sigmaBase, first + seed, second + seed)));
    },
    differences: (quantities, first = "mean", second = "r0.01") => {
      const both = sigmaBases.filter((sigmaBase) => hasAll(sigmaBase, first, second));
      const rows = both.flatMap((sigmaBase) =>
        compare(sigmaBase, first, second).map((row) => ({ ...settingOf(sigmaBase), ...row })),
      );
      return quantities.flatMap((wanted) => rows.filter(({ quantity }) => quantity === wanted));
    },
    waterfalls: () =>
      sigmaBases.map((sigmaBase) => ({ ...settingOf(sigmaBase), ...compareRadii(...fair(sigmaBase)) })),
    compareClasses: (sigmaBase) => compareClasses(...fair(sigmaBase), classNames),
    compareFormulas: () => formulasOf(sigmaBases, rates, record),
    compareBounds: () => boundsOf(sigmaBases, pair),
    summaries: () => runs.map((run) => ({ ...settingOf(run.sigmaBase), ...summaryRow(run) })),
  };
}

function formulasOf(
  sigmaBases: readonly number[],
  rates: readonly number[],
  record: Experiment["record"],
): ReturnType<Experiment["compareFormulas"]> {
  return sigmaBases.flatMap((sigmaBase) =>
    rates.map((rate) => ({
      "σ_b, rate r": `${sigmaBase}, ${rate}`,
      ...compareFormulas(record(sigmaBase, `r${rate}`)),
    })),
  );
}

async function boundsOf(
  sigmaBases: readonly number[],
  pair: Experiment["pair"],
): ReturnType<Experiment["compareBounds"]> {
  const rows = [];
  for (const sigmaBase of sigmaBases) {
    for (const [run, one] of Object.entries(pair(sigmaBase))) {
      for (const row of await compareBounds(one)) rows.push({ σ_b: `${sigmaBase}`, run, ...row });
    }
  }
  return rows;
}

/** Returns the radii at which certified accuracies are compared. */
function radiiOf(sigmaBase: number): number[] {
  return [sigmaBase / 2, sigmaBase, 2 * sigmaBase];
}

function refuse(
  title: string,
  sigmaBase: number,
  kind: string,
  records: ReadonlyMap<string, CertificationRecord>,
): never {
  const kinds = [...records.keys()].join(", ");
  throw new RangeError(`${title} has no record with σ_b = ${sigmaBase} and kind ${kind}; it has ${kinds}`);
}

function summaryRow({ kind, record }: Run): object {
  const { meanSigma, accuracy, abstained, averageRadius } = summarize(record);
  return {
    kind,
    "mean σ(x)": meanSigma,
    accuracy,
    abstained,
    "average certified radius": averageRadius,
  };
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Describes in words what all records have in common. */
function commonConditions(title: string, records: ReadonlyMap<string, CertificationRecord>): string {
  const [[firstName, first], ...others] = [...records].map(([name, { configuration, rows }]) => {
    const { n0, n, alpha, dataset } = configuration;
    return [name, { images: dataset.images, count: rows.length, n0, n, alpha }] as const;
  });
  for (const [name, other] of others) {
    const difference = firstDifference(first, other);
    if (!difference) continue;
    const [a, b] = [difference.one, difference.other].map(String);
    throw new Error(
      `the records of ${title} must have the same ${difference.path}: ${firstName} has ${a}, ${name} has ${b}`,
    );
  }
  const { count, n0, n, alpha } = first;
  return `${countText(count)} images, n0 = ${countText(n0)}, n = ${countText(n)}, α = ${alpha} for each image`;
}
