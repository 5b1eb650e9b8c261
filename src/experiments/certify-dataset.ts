import { createHash } from "node:crypto";
import type { BaseClassifier } from "../classifiers/base-classifier";
import { requireFit, requireInputs } from "../classifiers/dataset-fit";
import { checksumsOf } from "../datasets/checksums";
import {
  allImages,
  everyNth,
  type ImageDataset,
  imageAt,
  type ImagePlace,
  imagesAt,
} from "../datasets/image-dataset";
import { makeFolder } from "../files/make-folder";
import { version } from "../files/version";
import { disagreement } from "../noise/disagreement";
import { SamplingStream } from "../noise/uniform-number";
import { requireSpread } from "../noise/rounded-gaussian";
import { requireInteger, requireText } from "../numerics/arguments";
import { IMAGE_LEVELS } from "../numerics/levels";
import { countVotes, type CountingWatch } from "../sampling/count-votes";
import { fixedPlan } from "../sampling/sampling-plan";
import {
  type Certificate,
  certifyInput,
  type CertifyOptions,
  checkCertifyOptions,
  noiseName,
} from "../smoothing/certify";
import { certifyDual, checkDualOptions, type DualSmoothing, stagesOf } from "../smoothing/dual";
import { requireRate } from "../variance/require-rate";
import type { VarianceFunction } from "../variance/variance-function";
import { imagesText, itemsOfShard, requireShard, type Shard, shardName } from "./images";
import { type CertificationRecord, readHead, rowOf, type RecordRow, sigmaChecksum } from "./record";
import { openRecord, requireSameRun, type OpenRecord, type RecordHead } from "./record-writer";
import { checkedConfiguration, FORMAT, MOST_CLASSES, type RunConfiguration } from "./run-configuration";
import { type RunProgress, startProgress } from "./run-progress";
import { votesText } from "./votes-text";

/** The options that certification runs of all smoothed classifiers have in common. */
export interface DatasetRunOptions extends CertifyOptions {
  readonly dataset: ImageDataset;
  /**
   * The step between certified images: the run certifies the images 0, every, 2 · every, …. A step of 20 is
   * usual in the literature. Default: all images of the data set or sample.
   */
  readonly every?: number;
  /**
   * The indices of the images to certify, in place of `every`. For a sample, these are the indices in the
   * whole data set.
   */
  readonly indices?: Iterable<number>;
  /** The part of the run to certify; `mergeRecords` joins the parts. Default: the whole run. */
  readonly shard?: Shard;
  /** The folder of the record. Without a folder, the record stays in memory. */
  readonly folder?: string;
  /** The origin of the run, for example a command line; the record contains this text. */
  readonly command?: string;
  /** A signal that ends the run when the signal is aborted. Finished rows are kept. */
  readonly signal?: AbortSignal;
  /**
   * A function that is called if the run must wait for the lock of another run, which was probably killed.
   */
  readonly onWaiting?: () => void;
  /** A function that is called with each new row. */
  readonly onRow?: (row: RecordRow, progress: RunProgress) => void;
  /** A function that is called after each batch and each image. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** The options of a certification run over a data set. */
export interface CertifyDatasetOptions extends DatasetRunOptions {
  readonly classifier: BaseClassifier;
  readonly variance: VarianceFunction;
}

/** The options of a certification run of a dual smoothed classifier over a data set. */
export interface CertifyDualDatasetOptions extends DatasetRunOptions {
  readonly dual: DualSmoothing;
}

type RunOptions = CertifyDatasetOptions | CertifyDualDatasetOptions;

/**
 * The number of images that are certified at the same time. With only one image, workers would idle when an
 * image begins and when it ends. If sampling may stop early, two images would hardly keep the workers busy.
 */
const [FIXED_AT_ONCE, STOPPING_AT_ONCE] = [2, 16];

/**
 * An image of the run, together with σ(x) at this image. In a dual run, σ(x) is NaN until the expert is
 * chosen.
 */
interface RunImage extends ImagePlace {
  readonly sigma: number;
}

/** Returns how many times n0 + n samples are drawn for an image. */
function stageCount(options: RunOptions): number {
  return "dual" in options ? 2 : 1;
}

/**
 * Returns the base classifier that votes for the classes of the data set; in a dual run, this is the first
 * expert.
 */
function voterOf(options: RunOptions): BaseClassifier {
  return "dual" in options ? options.dual.experts[0].classifier : options.classifier;
}

/**
 * Certifies images of a data set, and writes the record row by row.
 *
 * An interrupted run resumes and keeps its finished rows. The noise depends only on seed, image and sample,
 * so the final record equals the record of an uninterrupted run, except for the column `seconds`. Before
 * anything is certified, σ(x) is computed at all images of the run, and the base classifier is tried on some
 * of these images. A run therefore does not resume if a function that kept its name has another σ(x) at an image
 * of the run, or another number of votes for a class in these tries. Smaller changes of a base classifier go
 * unnoticed: give another name to a function that you change.
 *
 * @returns the record; if `folder` is given, `readRecord` reads the same record from this folder
 * @throws RangeError naming an option, or σ(x) of an image, that is out of range; Error if the values of σ(x) refute the
 *   rate, if the folder holds a run with another configuration or rows with other values of σ(x) or labels, or if
 *   another run is writing to the folder; the reason of `signal` if the signal is aborted
 */
export async function certifyDataset(options: RunOptions): Promise<CertificationRecord> {
  const { shard, folder, command, signal, onRow, onProgress } = options;
  checkOptions(options);
  const places = placesOf(options);
  const described = describe(options, places);
  if (folder !== undefined) await prepareFolder(folder, described);
  const images = await withSigmas(options, places);
  const sigmas = "dual" in options ? stagesOf(options.dual) : images;
  const sigmaSha256 = sigmaChecksum(sigmas.map(({ sigma }) => sigma));
  const configuration = checkedConfiguration("the run", {
    ...described,
    variance: { ...described.variance, sigmaSha256 },
    probeSha256: await probe(options, images),
  });
  const own = [...itemsOfShard(images, shard)];

  const head = { configuration, ...(command !== undefined && { command }) };
  const record = folder === undefined ? inMemory(head) : await openRecord(folder, head, options);
  const rows = [...record.rows];
  try {
    requireRowsOf(options, own, rows);
    const meter = startProgress(own.length, record.rows, stageCount(options) * (options.n0 + options.n));
    onProgress?.(meter.read());
    const onSamples = (count: number): void => {
      meter.addSamples(count);
      onProgress?.(meter.read());
    };
    const certifyImage = async (image: RunImage, end: AbortSignal): Promise<RecordRow> =>
      certifiedRow(options, image, { signal: signal ? AbortSignal.any([signal, end]) : end, onSamples });
    const atOnce = (options.plan ?? fixedPlan) === fixedPlan ? FIXED_AT_ONCE : STOPPING_AT_ONCE;
    for await (const row of inOrder(own.slice(rows.length), certifyImage, atOnce)) {
      await record.append(row);
      rows.push(row);
      meter.addRow(row);
      onRow?.(row, meter.read());
      onProgress?.(meter.read());
      signal?.throwIfAborted();
    }
  } finally {
    await record.close();
  }
  return { ...record.head, rows };
}

/**
 * Checks that the finished rows of a run have the σ(x) and the labels of its images. In a dual run, σ(x) is that
 * of the chosen expert, which `readRecord` checks.
 *
 * @throws Error naming the folder, the image and both values
 */
function requireRowsOf(options: RunOptions, images: readonly RunImage[], rows: readonly RecordRow[]): void {
  rows.forEach((row, i) => {
    const { index, place, sigma } = images[i];
    const expected = { sigma: "dual" in options ? row.sigma : sigma, label: options.dataset.labels[place] };
    for (const key of ["sigma", "label"] as const) {
      if (row[key] === expected[key]) continue;
      throw new Error(
        `${options.folder}: ${key} of image ${index} must be ${expected[key]}, as in this run, got ${row[key]}`,
      );
    }
  });
}

/** Certifies an image of the run. Errors name the image. */
async function certifiedRow(
  options: RunOptions,
  { index, place, sigma }: RunImage,
  watch: CountingWatch,
): Promise<RecordRow> {
  const { dataset } = options;
  const started = performance.now();
  const input = { x: imageAt(dataset, place), index, sigma };
  const certifying: Promise<Certificate> =
    "dual" in options
      ? certifyDual(options.dual, input, options, watch)
      : certifyInput(options.classifier, options.variance, input, options, watch);
  const certificate = await certifying.catch((error: Error) => {
    if (watch.signal?.aborted) throw error;
    throw new Error(`image ${index}: ${error.message}`, { cause: error });
  });
  const seconds = Number(((performance.now() - started) / 1000).toFixed(3));
  return rowOf(certificate, { index, label: dataset.labels[place], seconds });
}

function checkOptions(options: RunOptions): void {
  const { dataset, every, indices, shard, command } = options;
  requireText("command", command);
  if (shard) requireShard(shard);
  if (every !== undefined) requireInteger("every", every, 1);
  if (every !== undefined && indices !== undefined) throw new RangeError("give every or indices, not both");
  if ("dual" in options) {
    checkDualOptions(options.dual, options);
    requireInputs(options.dual.selector.classifier, dataset);
  } else checkCertifyOptions(options.classifier, options.variance, options);
  const classifier = voterOf(options);
  requireInteger("classCount", classifier.classCount, 1, MOST_CLASSES);
  requireFit(classifier, dataset);
}

/** Returns the images of the whole run, in ascending order of their indices. */
function placesOf({ dataset, every, indices }: DatasetRunOptions): ImagePlace[] {
  if (indices === undefined) return every === undefined ? allImages(dataset) : everyNth(dataset, every);
  const wanted = imagesAt(dataset, indices).sort((a, b) => a.index - b.index);
  if (wanted.length === 0) throw new RangeError("indices must name at least one image, got none");
  const twice = wanted.find(({ index }, i) => index === wanted[i - 1]?.index);
  if (twice) throw new RangeError(`indices must be different, got ${twice.index} twice`);
  return wanted;
}

/** The maximum number of pixel values per call of σ(x); this number of values takes 64 MB. */
const AT_ONCE = 2 ** 24;

async function withSigmas(options: RunOptions, places: readonly ImagePlace[]): Promise<RunImage[]> {
  if ("dual" in options) return places.map((place) => ({ ...place, sigma: NaN }));
  const {
    classifier: { levels },
    dataset,
    variance,
    signal,
  } = options;
  const images: RunImage[] = [];
  const size = Math.max(1, Math.floor(AT_ONCE / dataset.dimension));
  while (images.length < places.length) {
    signal?.throwIfAborted();
    const part = places.slice(images.length, images.length + size);
    const sigmas = await variance.sigma(
      part.map(({ place }) => imageAt(dataset, place)),
      levels,
    );
    part.forEach((image, i) => {
      const sigma = sigmas[i];
      if (!(sigma > 0 && sigma < Infinity)) {
        throw new RangeError(`σ(x) of image ${image.index} must be a positive number, got ${sigma}`);
      }
      requireSpreadAt(image, sigma, levels);
      images.push({ ...image, sigma });
      const [first] = images;
      if (variance.isConstant && sigma !== first.sigma) {
        throw new RangeError(
          `σ(x) must be ${first.sigma} at image ${image.index}, as at image ${first.index}, because ` +
            `${variance.name} is constant, got ${sigma}`,
        );
      }
    });
  }
  if (!variance.isConstant) {
    const known = images.map(({ index, place, sigma }) => ({
      index,
      sigma,
      x: (): Float32Array => imageAt(dataset, place),
    }));
    requireRate(variance.name, known, variance.rate, variance.eta);
  }
  return images;
}

/** @throws RangeError naming the image if no noise of this σ can be sampled */
function requireSpreadAt({ index }: ImagePlace, sigma: number, levels: number = IMAGE_LEVELS): void {
  try {
    requireSpread(sigma, levels);
  } catch (error) {
    throw new RangeError(`image ${index}: ${(error as Error).message}`, { cause: error });
  }
}

/** The number of images on which a base classifier is tried, and the number of noisy copies of each. */
const [PROBE_IMAGES, PROBE_COPIES] = [8, 32];

/**
 * Computes a fingerprint of the base classifiers from their votes on noisy copies of some images of the run.
 */
async function probe(options: RunOptions, images: readonly RunImage[]): Promise<string> {
  const { dataset, signal } = options;
  const probed: readonly { classifier: BaseClassifier; sigma?: number }[] =
    "dual" in options ? stagesOf(options.dual) : [{ classifier: options.classifier }];
  const hash = createHash("sha256");
  const step = Math.max(1, Math.ceil(images.length / PROBE_IMAGES));
  for (let i = 0; i < images.length; i += step) {
    const { index, place } = images[i];
    const samples = { seed: 0, stream: SamplingStream.search, input: index, first: 0, count: PROBE_COPIES };
    for (const { classifier, sigma = images[i].sigma } of probed) {
      const votes = await countVotes(classifier, imageAt(dataset, place), sigma, samples, { signal });
      hash.update(`${votesText(Array.from(votes))}\n`);
    }
  }
  return hash.digest("hex");
}

/**
 * Returns the part of a run's configuration that follows from the options without computing σ(x) or votes.
 */
function describe(options: RunOptions, places: readonly ImagePlace[]): Description {
  const { dataset, shard, n0, n, alpha, seed, plan = fixedPlan, bound = plan.bound } = options;
  const { classCount, levels = IMAGE_LEVELS } = voterOf(options);
  const { model, variance, dual } =
    "dual" in options ? describeDual(options.dual) : describeSmoothing(options);
  const { split, dimension } = dataset;
  const { name, count, checksums } = dataset.sampleOf ?? dataset;
  return {
    format: FORMAT,
    version,
    dataset: {
      name,
      split,
      checksums: checksumsOf({ ...dataset, checksums }),
      count,
      dimension,
      images: imagesText(places.map(({ index }) => index)),
    },
    model,
    classCount,
    levels,
    variance,
    n0,
    n,
    alpha,
    tau: disagreement(dimension, stageCount(options) * (n0 + n)),
    seed,
    sampling: { name: plan.name, parameters: plan.parameters },
    bound,
    noise: noiseName(options),
    ...(shard && { shard: shardName(shard) }),
    ...(dual && { dual }),
  };
}

type SmoothingDescription = Pick<Description, "model" | "variance" | "dual">;

function describeSmoothing({
  classifier,
  variance: { name, rate, eta, isConstant, parameters },
}: CertifyDatasetOptions): SmoothingDescription {
  return { model: classifier.identity, variance: { name, rate, eta, isConstant, parameters } };
}

function describeDual(dual: DualSmoothing): SmoothingDescription {
  const [selector, ...experts] = stagesOf(dual).map(({ classifier, sigma }) => ({
    model: classifier.identity,
    sigma,
  }));
  return {
    model: { name: "dual" },
    variance: { name: "locally constant", rate: 0, eta: 0, isConstant: false, parameters: {} },
    dual: { selector, experts },
  };
}

type Description = Omit<RunConfiguration, "probeSha256" | "variance"> & {
  readonly variance: Omit<RunConfiguration["variance"], "sigmaSha256">;
};

/**
 * Refuses a folder that holds another run, and creates a folder that does not exist. This happens before σ(x) is
 * computed, because computing σ(x) may take a long time.
 */
async function prepareFolder(folder: string, described: Description): Promise<void> {
  const begun = (await readHead(folder))?.configuration;
  if (!begun) return makeFolder(folder);
  const {
    probeSha256: _probe,
    variance: { sigmaSha256: _sigma, ...variance },
    ...others
  } = begun;
  requireSameRun(folder, { ...others, variance }, described);
}

function inMemory(head: RecordHead): OpenRecord {
  return { head, rows: [], append: () => Promise.resolve(), close: () => Promise.resolve() };
}

/**
 * Yields the results of a task for each item, in order, with several tasks in flight. If one task fails, the
 * others are ended.
 */
async function* inOrder<T, R>(
  items: readonly T[],
  task: (item: T, signal: AbortSignal) => Promise<R>,
  atOnce: number,
): AsyncGenerator<R> {
  const end = new AbortController();
  const running: Promise<R>[] = [];
  try {
    for (const item of items) {
      const result = task(item, end.signal);
      result.catch(() => {}); // reported when its turn comes
      running.push(result);
      if (running.length >= atOnce) yield await (running.shift() as Promise<R>);
    }
    while (running.length > 0) yield await (running.shift() as Promise<R>);
  } finally {
    end.abort();
    await Promise.allSettled(running);
  }
}
