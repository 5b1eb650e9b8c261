import { Command, Option } from "commander";
import type { Normalization } from "../classifiers/onnx-model";
import type { Device } from "../classifiers/device";
import {
  loadOnnxClassifier,
  type OnnxClassifier,
  type OnnxClassifierOptions,
} from "../classifiers/onnx-classifier";
import type { OnnxSetup } from "../classifiers/onnx-workers";
import type { ImageDataset } from "../datasets/image-dataset";
import { certifyDataset } from "../experiments/certify-dataset";
import { commandLine } from "../experiments/command-line";
import { commonStep, eachImage, type ImageRange, type Shard } from "../experiments/images";
import { countText } from "../numerics/count-text";
import { CERTIFY_DEFAULTS } from "../smoothing/certify";
import type { ConstantSmoothing, DualSmoothing } from "../smoothing/dual";
import { CONFIDENCE_BOUNDS, type ConfidenceBound } from "../sampling/class-bounds";
import { decidePlan, fixedPlan, gainPlan, type SamplingPlan } from "../sampling/sampling-plan";
import type { VarianceFunction } from "../variance/variance-function";
import { addDataOptions, type DataArguments, loadData } from "./data-options";
import { interruptible } from "./interruptible";
import {
  countOption,
  fileAndNumberOption,
  imagesOption,
  numberOption,
  numbersOption,
  shardOption,
} from "./options";
import { progressDisplay } from "./progress-bar";
import { precomputed } from "../variance/precomputed";
import { addVarianceOptions, type VarianceArguments, varianceOf } from "./variance-options";

interface CertifyArguments extends Omit<VarianceArguments, "sigma">, DataArguments {
  model?: string;
  sigma?: number;
  sigmas?: string;
  selector?: string;
  selectorSigma?: number;
  expert?: SmoothedFile[];
  mean?: number[];
  std?: number[];
  output?: string;
  denoiser?: string;
  device: Device;
  workers?: number;
  threads?: number;
  batchSize?: number;
  n0: number;
  n: number;
  alpha: number;
  decide?: number;
  gain?: number;
  bound?: ConfidenceBound;
  sharedNoise?: boolean;
  seed: number;
  every?: number;
  images?: ImageRange[];
  shard?: Shard;
  out: string;
  quiet?: boolean;
}

/** A model file, and the σ with which the model is smoothed. */
type SmoothedFile = ReturnType<typeof fileAndNumberOption>;

// eslint-disable-next-line max-lines-per-function -- one option after another
export function certifyCommand(): Command {
  const certifies = new Command("certify").description("certify test images and write a record");
  const command = addDataOptions(certifies)
    .option("--model <file>", "base classifier, an ONNX file")
    .option("--selector <file>", "ONNX file that chooses an expert; replaces --model and σ(x)")
    .option("--selector-sigma <number>", "σ of the selector's noise", numberOption)
    .option(
      "--expert <file:number>",
      "an expert and the σ of its noise; repeat for each expert, in the order of the selector's classes",
      (text, experts: readonly SmoothedFile[] = []) => [...experts, fileAndNumberOption(text)],
    )
    .option(
      "--mean <numbers>",
      "mean per channel, for a model that expects normalized inputs: 0.49,0.48,0.45",
      numbersOption,
    )
    .option("--std <numbers>", "standard deviation per channel, used with --mean", numbersOption)
    .option("--output <name>", "the output that holds the class scores, if the model has several outputs")
    .option("--denoiser <file>", "ONNX file that denoises images before they are normalized and classified")
    .addOption(
      new Option("--device <name>", "device that runs the model")
        .choices(["cpu", "webgpu", "cuda"])
        .default("cpu"),
    )
    .option("--workers <count>", "batches computed at the same time (default: measured)", countOption)
    .option("--threads <count>", "threads per batch (default: measured)", countOption)
    .option("--batch-size <count>", "noisy copies per batch (default: measured)", countOption);
  return addVarianceOptions(command, true)
    .option(
      "--sigmas <file>",
      "file with σ at each image, replaces --sigma: CSV with columns index and sigma, or .npy; needs --rate",
    )
    .option("--n0 <count>", "number of samples that choose the class", countOption, CERTIFY_DEFAULTS.n0)
    .option(
      "--n <count>",
      "(largest) number of samples that bound the probability of the chosen class",
      countOption,
      CERTIFY_DEFAULTS.n,
    )
    .option("--alpha <number>", "error probability of a certificate", numberOption, CERTIFY_DEFAULTS.alpha)
    .option("--decide <radius>", "stop sampling once the certificate at this radius is decided", numberOption)
    .option(
      "--gain <fraction>",
      "stop sampling once more samples could raise the radius by at most this fraction",
      numberOption,
    )
    .addOption(
      new Option(
        "--bound <name>",
        "confidence bound on p_A; all-classes also bounds every other class (default: clopper-pearson, or confidence-sequence with --decide or --gain)",
      ).choices(CONFIDENCE_BOUNDS),
    )
    .option("--shared-noise", "use the same noise for all images")
    .option("--seed <integer>", "seed of the noise", countOption, CERTIFY_DEFAULTS.seed)
    .option("--every <count>", `certify the images 0, count, 2 · count, … (default: ${EVERY})`, countOption)
    .addOption(
      new Option("--images <indices>", "certify only these images: 0,5,7-20 or 0-9980:20")
        .argParser(imagesOption)
        .conflicts("every"),
    )
    .option(
      "--shard <part/parts>",
      "certify only one of several parts, such as 2/8; idrs merge joins them",
      shardOption,
    )
    .requiredOption("--out <folder>", "folder of the record; an interrupted run there resumes")
    .option("--quiet", "print only errors")
    .action(certify);
}

/** The default of --every: every 20th test image is certified, as in the literature. */
const EVERY = 20;

/**
 * The maximum time in seconds that an interrupted run may take to end. The time is limited because a batch
 * may never finish.
 */
const PATIENCE = 10;

/** The smoothed classifier of a run. */
type Smoothed =
  | { readonly classifier: OnnxClassifier; readonly variance: VarianceFunction }
  | { readonly dual: DualSmoothing };

async function certify(options: CertifyArguments): Promise<void> {
  const { out, every = EVERY, images, sigmas, quiet = false } = options;
  const plan = planOf(options);
  const run = modelOptionsOf(options);
  const files = filesOf(options);
  const ofOptions = await knownVariance(files, options);
  // It suffices to load a sample that contains the named images. Image 0 is in every sample.
  const dataset = await loadData(options, "test", images ? commonStep(images) || EVERY : every);
  const variance =
    sigmas === undefined ? ofOptions : await precomputed({ file: sigmas, dataset, rate: options.rate! });
  const loaded: OnnxClassifier[] = [];
  const load = async (file: string): Promise<OnnxClassifier> => {
    const classifier = await loadOnnxClassifier(file, dataset, run);
    loaded.push(classifier);
    if (!quiet && run.setup === "measured") tellSetup(classifier, "model" in files ? "" : ` of ${file}`);
    return classifier;
  };
  const display = progressDisplay(quiet);
  let [done, total] = [0, 0];
  const interrupted = (): string => {
    const state = total > 0 ? `${done} of ${total} images are done; ` : "";
    return `interrupted; ${state}the same command resumes with ${out}`;
  };
  const certification = (smoothed: Smoothed, signal: AbortSignal): Promise<unknown> =>
    certifyDataset({
      ...options,
      ...smoothed,
      every: images ? undefined : every,
      indices: images && eachImage(images),
      plan,
      dataset,
      folder: out,
      command: commandLine(["idrs", ...process.argv.slice(2)]),
      signal,
      onWaiting: () => quiet || tellLocked(out),
      onProgress: (progress) => {
        if (!quiet && total === 0) tellSample(options, dataset);
        [done, total] = [progress.done, progress.total];
        display.show(progress);
      },
    });
  try {
    const smoothed = await loadSmoothed(files, variance, load); // a signal now ends the process at once
    if (!quiet) tellDistances(variance);
    const work = (signal: AbortSignal): Promise<unknown> => certification(smoothed, signal);
    await interruptible(interrupted, work, PATIENCE).finally(() => display.end());
    if (!quiet) console.log(`record in ${out}`);
  } finally {
    await Promise.all(loaded.map((classifier) => classifier.close()));
  }
}

/** Returns the variance function, unless the values of σ(x) are read from a file. */
async function knownVariance(
  files: ModelFiles,
  options: CertifyArguments,
): Promise<VarianceFunction | undefined> {
  if (!("model" in files) || files.sigma === undefined) return undefined;
  if (options.variance === "constant" && options.rate !== undefined) {
    throw new Error("--rate needs --variance nearest-neighbor or --sigmas");
  }
  return varianceOf({ ...options, sigma: files.sigma });
}

async function loadSmoothed(
  files: ReturnType<typeof filesOf>,
  variance: VarianceFunction | undefined,
  load: (file: string) => Promise<OnnxClassifier>,
): Promise<Smoothed> {
  if (!("model" in files)) return { dual: await loadDual(files, load) };
  return { classifier: await load(files.model), variance: variance! };
}

function tellLocked(out: string): void {
  console.error(`${out} is locked; if its owner does not renew the lock, the run starts in ten seconds`);
}

/** Returns the options that apply to every model of a run. */
function modelOptionsOf(options: CertifyArguments): OnnxClassifierOptions {
  const { device, output, denoiser, levels } = options;
  return {
    device,
    output,
    denoiser,
    levels,
    normalization: normalizationOf(options),
    setup: setupOf(options),
  };
}

/** Says that only every 20th image is certified, unless that was asked for. */
function tellSample({ every, images }: CertifyArguments, dataset: ImageDataset): void {
  const { count } = dataset.sampleOf ?? dataset;
  const chosen = Math.ceil(count / EVERY);
  if (every !== undefined || images !== undefined || chosen === count) return;
  console.error(`certifying ${countText(chosen)} of ${countText(count)} images (--every ${EVERY})`);
}

/** Says that distances to training images are computed, which may take a minute. */
function tellDistances(variance: VarianceFunction | undefined): void {
  if (variance?.name !== "nearest-neighbor") return;
  console.error(`computing distances to the images of ${variance.parameters.database}`);
}

function tellSetup({ setup: { workers, threads, batchSize } }: OnnxClassifier, of: string): void {
  console.error(`setup${of}: --workers ${workers} --threads ${threads} --batch-size ${batchSize}`);
}

/** The model files that the options name: one model, or a selector and experts. */
type ModelFiles =
  | { readonly model: string; readonly sigma?: number }
  | { readonly selector: SmoothedFile; readonly experts: readonly SmoothedFile[] };

function filesOf(options: CertifyArguments): ModelFiles {
  const { model, sigma, selector, selectorSigma, expert } = options;
  if (selector === undefined) {
    for (const [name, value] of Object.entries({ "selector-sigma": selectorSigma, expert })) {
      if (value !== undefined) throw new Error(`--${name} needs --selector`);
    }
    if (model === undefined) throw new Error("give --model, or --selector and --expert");
    if (options.sigmas !== undefined) {
      requireSigmas(options);
      return { model };
    }
    if (sigma === undefined) throw new Error("--model needs --sigma");
    return { model, sigma };
  }
  const { variance, rate, center, neighbors, database } = options;
  const others = {
    model,
    sigma,
    sigmas: options.sigmas,
    variance: variance === "constant" ? undefined : variance,
  };
  for (const [name, value] of Object.entries({ ...others, rate, center, neighbors, database })) {
    if (value !== undefined)
      throw new Error(`--${name} cannot be combined with --selector, whose experts have their own σ`);
  }
  if (selectorSigma === undefined || expert === undefined) {
    throw new Error("--selector needs --selector-sigma and an --expert for each of its classes");
  }
  return { selector: [selector, selectorSigma], experts: expert };
}

async function loadDual(
  { selector, experts }: Exclude<ModelFiles, { model: string }>,
  load: (file: string) => Promise<OnnxClassifier>,
): Promise<DualSmoothing> {
  const smoothed = async ([file, sigma]: SmoothedFile): Promise<ConstantSmoothing> => ({
    classifier: await load(file),
    sigma,
  });
  const chosen: ConstantSmoothing[] = [];
  const chooser = await smoothed(selector);
  for (const expert of experts) chosen.push(await smoothed(expert));
  return { selector: chooser, experts: chosen };
}

function planOf({ decide, gain }: CertifyArguments): SamplingPlan {
  if (decide !== undefined && gain !== undefined) throw new Error("give --decide or --gain, not both");
  if (decide !== undefined) return decidePlan(decide);
  return gain !== undefined ? gainPlan(gain) : fixedPlan;
}

function normalizationOf({ mean, std }: CertifyArguments): Normalization | undefined {
  if (mean === undefined && std === undefined) return undefined;
  if (mean === undefined || std === undefined) throw new Error("give --mean and --std together");
  return { mean, std };
}

/** Checks that the other options can be combined with --sigmas. */
function requireSigmas({ sigma, variance, center, neighbors, database, rate }: CertifyArguments): void {
  const named = variance === "constant" ? undefined : variance;
  for (const [name, value] of Object.entries({ sigma, variance: named, center, neighbors, database })) {
    if (value !== undefined) throw new Error(`--${name} cannot be combined with --sigmas`);
  }
  if (rate === undefined) throw new Error("--sigmas needs --rate, the semi-elasticity rate r of σ(x)");
}

function setupOf({ workers, threads, batchSize }: CertifyArguments): "measured" | Partial<OnnxSetup> {
  const given = Object.entries({ workers, threads, batchSize }).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : "measured";
}
