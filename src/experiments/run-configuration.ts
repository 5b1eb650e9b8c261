import { z } from "zod";
import { firstDifference } from "../files/first-difference";
import { disagreement } from "../noise/disagreement";
import { CONFIDENCE_BOUNDS, type ConfidenceBound } from "../sampling/class-bounds";
import { fixedPlan } from "../sampling/sampling-plan";
import type { CertificateTerms } from "../smoothing/certify";
import { countImages, eachImage, IMAGES_EXAMPLE, INDEX_LIMIT, itemsOfShard, parseImages } from "./images";
import { checkedBy, finite, fraction, integer, nonNegative, oneOf, positive, text } from "./schema";

/** The format of records that this version writes and reads. */
export const FORMAT = 2;

/** The maximum number of classes; with more classes, the votes of one image would not fit in memory. */
export const MOST_CLASSES: number = 2 ** 20;

/**
 * The configuration of a certification run, which determines its rows. Two runs with equal configurations
 * have equal rows, apart from the column `seconds`.
 */
export interface RunConfiguration {
  /** The version of the record format. */
  readonly format: typeof FORMAT;
  /** The version of this package. */
  readonly version: string;
  /** The data set, and the selection of images to certify. */
  readonly dataset: {
    /** The name of the data set, such as "mnist". */
    readonly name: string;
    /** The split of the data set: "train" or "test". */
    readonly split: string;
    /** The SHA-256 of each uncompressed file of the data set. */
    readonly checksums: Readonly<Record<string, string>>;
    /** The number of images in the data set. */
    readonly count: number;
    /** The input dimension N. */
    readonly dimension: number;
    /**
     * The images of the run by their original indices, such as "0-9980:20". The record of a shard, too, lists
     * the images of the whole run here.
     */
    readonly images: string;
  };
  /**
   * The identity of the base classifier: its files with checksums, the software that runs it, and the device.
   */
  readonly model: Readonly<Record<string, string>>;
  /** The number of classes of the base classifier. */
  readonly classCount: number;
  /** The number L of levels per unit of the base classifier's input. */
  readonly levels: number;
  /** The variance function σ(x). */
  readonly variance: {
    /** The name of the variance function, such as "constant". */
    readonly name: string;
    /** The semi-elasticity rate r ≥ 0, per unit of l2 distance. */
    readonly rate: number;
    /** The bound η on the error |ln σ̂ − ln σ| of the computed σ̂. */
    readonly eta: number;
    /** Whether σ(x) is the same double for every x. */
    readonly isConstant: boolean;
    /** The parameters that determine the function. */
    readonly parameters: Readonly<Record<string, number | string>>;
    /** The SHA-256 of σ(x) at all images of the whole run, in order, as doubles with the low byte first. */
    readonly sigmaSha256: string;
  };
  /** The number n0 of samples that choose the class of an input. */
  readonly n0: number;
  /** The maximum number n of samples that bound the probability of the chosen class. */
  readonly n: number;
  /** The error probability α of a certificate. */
  readonly alpha: number;
  /**
   * The bound τ on the probability that any sampled level differs from the level with real-valued noise; τ is
   * subtracted from α.
   */
  readonly tau: number;
  /** The seed of the noise. */
  readonly seed: number;
  /** The plan that decides when to stop sampling: its name and its parameters. */
  readonly sampling: {
    /** The name of the plan; "fixed" takes n samples. */
    readonly name: string;
    /** The parameters that determine the plan, by name. */
    readonly parameters: Readonly<Record<string, number>>;
  };
  /**
   * The α and the rate r that decided when to stop sampling, if the record was recertified with others. A run that
   * samples with the record's own α and r would have stopped elsewhere.
   */
  readonly sampledWith?: {
    /** The error probability α. */
    readonly alpha: number;
    /** The rate r. */
    readonly rate: number;
  };
  /** The confidence bound that the certificates use: a bound that gives p_A, or bounds on all classes. */
  readonly bound: ConfidenceBound;
  /** The name of the noise generator, and whether all inputs share the same noise. */
  readonly noise: string;
  /**
   * The part of the run that this record holds. For example, "2/8" holds the images at positions 1, 9, 17, …
   * among the images to certify, counted from 0.
   */
  readonly shard?: string;
  /** The SHA-256 of the votes of the base classifiers on noisy copies of some images of the run. */
  readonly probeSha256: string;
  /**
   * The selector and the experts of a dual smoothed classifier; undefined for other classifiers. In a dual
   * run, `variance.name` is "locally constant", and `variance.sigmaSha256` is the checksum of the selector's
   * σ followed by the experts' σ.
   */
  readonly dual?: {
    /** The classifier that chooses the expert. */
    readonly selector: SmoothedModel;
    /** The experts, in the order of the selector's classes. */
    readonly experts: readonly SmoothedModel[];
  };
}

/** The identity of a base classifier, and the constant σ with which it is smoothed. */
export interface SmoothedModel {
  readonly model: Readonly<Record<string, string>>;
  readonly sigma: number;
}

const smoothedModel = z.strictObject({ model: z.record(z.string(), text()), sigma: positive });

const sha256 = text("64 hexadecimal digits", /^[0-9a-f]{64}$/);

const configurationSchema: z.ZodType<RunConfiguration> = z
  .strictObject({
    format: z.literal(FORMAT, String(FORMAT)),
    version: text("a version", /./),
    dataset: z.strictObject({
      name: text("a name", /./),
      split: text("a name", /./),
      checksums: z.record(z.string(), text()),
      count: integer(1, INDEX_LIMIT),
      dimension: integer(1, INDEX_LIMIT),
      images: text(),
    }),
    model: z.record(z.string(), text()),
    classCount: integer(1, MOST_CLASSES),
    levels: integer(1, 2 ** 23 - 1),
    variance: z.strictObject({
      name: text(),
      rate: nonNegative,
      eta: nonNegative,
      isConstant: z.boolean("true or false"),
      parameters: z.record(z.string(), z.union([finite, z.string()], "a number or a text")),
      sigmaSha256: sha256,
    }),
    n0: integer(1),
    n: integer(1),
    alpha: fraction,
    tau: nonNegative,
    seed: integer(0),
    sampling: z.strictObject({ name: text("a name", /./), parameters: z.record(z.string(), finite) }),
    sampledWith: z.strictObject({ alpha: fraction, rate: nonNegative }).optional(),
    bound: oneOf(CONFIDENCE_BOUNDS),
    noise: text("a name", /./),
    shard: text("a part such as 2/8", /^[1-9]\d{0,9}\/[1-9]\d{0,9}$/).optional(),
    probeSha256: sha256,
    dual: z
      .strictObject({
        selector: smoothedModel,
        experts: z.array(smoothedModel, "a list").min(1, "at least one expert"),
      })
      .optional(),
  })
  .superRefine((configuration, context) => {
    const { dataset, variance, n0, n, alpha, tau, sampling, bound, shard, dual } = configuration;
    const require = (holds: boolean, path: readonly string[], expected: string): void => {
      if (!holds) context.addIssue({ code: "custom", path: [...path], message: expected });
    };
    let images = Infinity;
    try {
      images = countImages(parseImages(dataset.images));
    } catch {
      // A text that does not list images counts as infinitely many images.
    }
    const expected = `at most ${dataset.count} indices in ascending order such as ${IMAGES_EXAMPLE}`;
    require(images <= dataset.count, ["dataset", "images"], expected);
    const least = disagreement(dataset.dimension, (dual ? 2 : 1) * (n0 + n));
    require(tau >= least && tau < alpha, ["tau"], `at least ${least} and below alpha = ${alpha}`);
    const isStopping = sampling.name !== fixedPlan.name;
    const stopping = `"confidence-sequence" if sampling may stop early`;
    require(!isStopping || bound === "confidence-sequence", ["bound"], stopping);
    for (const key of ["rate", "eta"] as const) {
      require(!(variance.isConstant || dual) || variance[key] === 0, ["variance", key], "0 for a constant σ");
    }
    require(!(dual && variance.isConstant), ["variance", "isConstant"], "false for a dual run");
    const [index, count] = shard?.split("/").map(Number) ?? [1, 1];
    require(index <= count, ["shard"], "part/parts, with part at most parts");
  });

/**
 * Checks a configuration.
 *
 * @param place - the file that holds the configuration, for the error
 * @throws Error naming the key, its value and the expected value
 */
export function checkedConfiguration(place: string, value: unknown): RunConfiguration {
  const format = (value as { format?: unknown } | null | undefined)?.format;
  if (typeof value === "object" && value !== null && "n0" in value && (format ?? 1) !== FORMAT) {
    const what =
      format === undefined
        ? "has an old record format: it lacks the votes of all classes, and its noise was not exact"
        : `has record format ${JSON.stringify(format)}, but this version of idrs reads format ${FORMAT}`;
    throw new Error(`${place}: ${what}; certify again, into another folder`);
  }
  return checkedBy(configurationSchema, place, value);
}

/**
 * Describes the first difference between two configurations in words. Returns undefined if the configurations
 * are equal.
 */
export function configurationDifference(
  one: object,
  other: object,
  [there, here]: readonly [string, string] = ["there", "here"],
): string | undefined {
  const difference = firstDifference(one, other);
  if (!difference) return undefined;
  const [a, b] = [difference.one, difference.other].map((value) => JSON.stringify(value) ?? "not given");
  return `${meaningOf(difference.path)} is ${a} ${there} and ${b} ${here}`;
}

/** Says in words what it means that a checksum in the configuration differs. */
function meaningOf(path: string): string {
  if (path === "variance.sigmaSha256") return "σ(x) is a different function, as its values show: sigmaSha256";
  if (path === "probeSha256")
    return "the base classifier is a different function, as its classes show: probeSha256";
  return path;
}

/** Returns the configuration of the whole run to which a shard belongs. */
export function wholeRun({ shard: _, ...configuration }: RunConfiguration): RunConfiguration {
  return configuration;
}

/** Yields the original indices of the images that a complete record holds, in order. */
export function imagesOfRecord({ dataset, shard }: RunConfiguration): Generator<number> {
  const [index, count] = shard?.split("/").map(Number) ?? [1, 1];
  return itemsOfShard(eachImage(parseImages(dataset.images)), { index, count });
}

/** Returns the number of images that a complete record holds. */
export function imageCount({ dataset, shard }: RunConfiguration): number {
  const [index, count] = shard?.split("/").map(Number) ?? [1, 1];
  return Math.ceil((countImages(parseImages(dataset.images)) - index + 1) / count);
}

/** Returns the values on which the certificates of a run depend besides the votes. */
export function termsOf(configuration: RunConfiguration): CertificateTerms {
  const { dataset, variance, alpha, tau, bound } = configuration;
  return { dimension: dataset.dimension, rate: variance.rate, eta: variance.eta, alpha, tau, bound };
}
