import { Command, Option } from "commander";
import type { Normalization } from "../classifiers/onnx-model";
import type { Device } from "../classifiers/device";
import { loadOnnxClassifier } from "../classifiers/onnx-classifier";
import type { OnnxSetup } from "../classifiers/onnx-workers";
import { certifyDataset } from "../experiments/certify-dataset";
import { commandLine } from "../experiments/command-line";
import { eachImage, type ImageRange, type Shard } from "../experiments/images";
import { CERTIFY_DEFAULTS } from "../smoothing/certify";
import { CONFIDENCE_BOUNDS, type ConfidenceBound } from "../sampling/class-bounds";
import { decidePlan, fixedPlan, gainPlan, type SamplingPlan } from "../sampling/sampling-plan";
import { addDataOptions, type DataArguments, loadData } from "./data-options";
import { interruptible } from "./interruptible";
import { countOption, imagesOption, numberOption, numbersOption, shardOption } from "./options";
import { progressDisplay } from "./progress-bar";
import { addVarianceOptions, type VarianceArguments, varianceOf } from "./variance-options";

interface CertifyArguments extends VarianceArguments, DataArguments {
  model: string;
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

export function certifyCommand(): Command {
  const certifies = new Command("certify").description(
    "certify every so manyth test image, and keep a record of it",
  );
  const command = addDataOptions(certifies)
    .requiredOption("--model <file>", "base classifier, an ONNX file")
    .option(
      "--mean <numbers>",
      "per channel, if the model expects normalized inputs: 0.49,0.48,0.45",
      numbersOption,
    )
    .option("--std <numbers>", "per channel, to divide by after subtracting --mean", numbersOption)
    .option("--output <name>", "output with the class scores, if the model has several")
    .option("--denoiser <file>", "ONNX file that noisy images pass before they are normalized and classified")
    .addOption(
      new Option("--device <name>", "what the model runs on")
        .choices(["cpu", "webgpu", "cuda"])
        .default("cpu"),
    )
    .option("--workers <count>", "batches computed at once (default: measured)", countOption)
    .option("--threads <count>", "threads that each is computed with (default: measured)", countOption)
    .option("--batch-size <count>", "noisy copies in a batch (default: measured)", countOption);
  return addVarianceOptions(command)
    .option("--n0 <count>", "samples that choose the class", countOption, CERTIFY_DEFAULTS.n0)
    .option("--n <count>", "samples that bound its probability, at most", countOption, CERTIFY_DEFAULTS.n)
    .option("--alpha <number>", "error probability of a certificate", numberOption, CERTIFY_DEFAULTS.alpha)
    .option(
      "--decide <radius>",
      "stop as soon as an image is known to be certified at this radius or not",
      numberOption,
    )
    .option(
      "--gain <fraction>",
      "stop when more samples could raise the radius by this fraction at most",
      numberOption,
    )
    .addOption(
      new Option(
        "--bound <name>",
        "confidence bound that gives p_A, or all-classes for bounds on every class (default: what holds for the samples)",
      ).choices(CONFIDENCE_BOUNDS),
    )
    .option("--shared-noise", "the same noise for all images")
    .option("--seed <integer>", "seed of the noise", countOption, CERTIFY_DEFAULTS.seed)
    .option("--every <count>", "certify the images 0, every, 2 · every, … (default: 20)", countOption)
    .addOption(
      new Option("--images <indices>", "certify these images: 0,5,7-20 or 0-9980:20")
        .argParser(imagesOption)
        .conflicts("every"),
    )
    .option("--shard <i/n>", "do part i of n only; idrs merge joins the parts", shardOption)
    .requiredOption("--out <folder>", "folder of the record; a run begun there is gone on with")
    .option("--quiet", "print nothing but errors")
    .action(certify);
}

/** Seconds that an interrupted run may take to end: a batch of a model may take for ever. */
const PATIENCE = 10;

async function certify(options: CertifyArguments): Promise<void> {
  const { out, every = 20, images, quiet = false } = options;
  const plan = planOf(options);
  const normalization = normalizationOf(options);
  const variance = await varianceOf(options);
  const dataset = await loadData(options, "test", images ? undefined : every);
  const setup = setupOf(options);
  const classifier = await loadOnnxClassifier(options.model, dataset, {
    device: options.device,
    normalization,
    output: options.output,
    denoiser: options.denoiser,
    levels: options.levels,
    setup,
  });
  if (!quiet && setup === "measured") {
    const { workers, threads, batchSize } = classifier.setup;
    console.error(`set-up: --workers ${workers} --threads ${threads} --batch-size ${batchSize}`);
  }
  const display = progressDisplay(quiet);
  let [done, total] = [0, 0];
  const interrupted = (): string => {
    const state = total > 0 ? `${done} of ${total} images are done; ` : "";
    return `interrupted; ${state}the same command resumes with ${out}`;
  };
  const certification = (signal: AbortSignal): Promise<unknown> =>
    certifyDataset({
      ...options,
      every: images ? undefined : every,
      indices: images && eachImage(images),
      plan,
      classifier,
      variance,
      dataset,
      folder: out,
      command: commandLine(["idrs", ...process.argv.slice(2)]),
      signal,
      onWaiting: () =>
        quiet || console.error(`${out} is locked; if nobody renews the lock, the run goes on in ten seconds`),
      onProgress: (progress) => {
        [done, total] = [progress.done, progress.total];
        display.show(progress);
      },
    });
  try {
    await interruptible(interrupted, certification, PATIENCE).finally(() => display.end());
    if (!quiet) console.log(`record in ${out}`);
  } finally {
    await classifier.close();
  }
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

function setupOf({ workers, threads, batchSize }: CertifyArguments): "measured" | Partial<OnnxSetup> {
  const given = Object.entries({ workers, threads, batchSize }).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : "measured";
}
