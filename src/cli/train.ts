import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import { ARCHITECTURES } from "../training/architectures";
import { readCheckpoint } from "../training/checkpoint";
import { SCHEDULES } from "../training/learning-rate";
import { loadOnnxClassifier } from "../classifiers/onnx-classifier";
import { noisyAccuracy } from "../training/noisy-accuracy";
import type { NoiseLevel } from "../classifiers/noisy-image";
import type { TensorFlowBackend } from "../training/tensorflow";
import {
  trainClassifier,
  TRAINING_DEFAULTS,
  type EpochLog,
  type TrainingOptions,
  type TrainingProgress,
} from "../training/train";
import { imageAt } from "../datasets/image-dataset";
import { firstDifference } from "../files/first-difference";
import { leaveOneOutSigma } from "../variance/leave-one-out";
import { nearestNeighbor } from "../variance/nearest-neighbor";
import { version } from "../files/version";
import { addDataOptions, type DataArguments, loadBoth } from "./data-options";
import { interruptible } from "./interruptible";
import { countOption, numberOption } from "./options";
import { addVarianceOptions, neighborOptionsOf, type VarianceArguments } from "./variance-options";
import { writeWhole } from "../files/write-whole";

type Settings = Omit<TrainingOptions, "sigma" | "augment" | "start">;

interface TrainArguments extends Settings, VarianceArguments, DataArguments {
  test?: string;
  augment?: boolean;
  start?: string;
  backend?: TensorFlowBackend;
  checkpointMinutes: number;
  out: string;
  quiet?: boolean;
}

export function trainCommand(): Command {
  const trains = new Command("train").description("train a base classifier on images with Gaussian noise");
  const command = addDataOptions(trains)
    .option("--test <path>", "test images, where --data is a path (default: the test images there)")
    .option("--architecture <name>", `network: ${Object.keys(ARCHITECTURES).join(", ")}`, "small-cnn");
  addVarianceOptions(command);
  return command
    .option("--epochs <count>", "passes over the training images", countOption, 15)
    .option("--seed <integer>", "seed of weights, order, augmentation and noise", countOption, 0)
    .option("--batch-size <count>", "images per step", countOption, TRAINING_DEFAULTS.batchSize)
    .option(
      "--learning-rate <number>",
      "the highest learning rate",
      numberOption,
      TRAINING_DEFAULTS.learningRate,
    )
    .addOption(
      new Option(
        "--schedule <name>",
        "of the learning rate: a tenth after each third, or a rise and a cosine to 0",
      )
        .choices(SCHEDULES)
        .default(TRAINING_DEFAULTS.schedule),
    )
    .option("--momentum <number>", "momentum", numberOption, TRAINING_DEFAULTS.momentum)
    .option("--weight-decay <number>", "λ of λ/2 · ‖w‖²", numberOption, TRAINING_DEFAULTS.weightDecay)
    .option("--augment", "move images by up to 4 pixels and mirror them (default for cifar10)")
    .option("--no-augment", "use images as they are (default for mnist)")
    .option("--start <file>", "checkpoint of another training, whose weights this one starts with")
    .addOption(
      new Option(
        "--backend <name>",
        "TensorFlow, native or WebAssembly; default: native where it is there",
      ).choices(["tensorflow", "wasm"]),
    )
    .option("--checkpoint-minutes <number>", "time between checkpoints inside an epoch", numberOption, 5)
    .requiredOption(
      "--out <folder>",
      "where model, log and checkpoint go; a training begun there is gone on with",
    )
    .option("--quiet", "print nothing but errors")
    .action(train);
}

async function train(given: TrainArguments): Promise<void> {
  const { data, backend, checkpointMinutes, out, quiet = false } = given;
  if (given.database !== undefined)
    throw new Error("--database is no option of train: it is the training images");
  const { training: trainingSet, testing: testSet } = await loadBoth(given, given.test);
  if (firstDifference(trainingSet.checksums, testSet.checksums) === undefined) {
    throw new Error(`the test images are the training images of ${data}: name others with --test`);
  }
  const neighborOptions = await neighborOptionsOf(given, () => Promise.resolve(trainingSet));
  const sigma = neighborOptions ? await leaveOneOutSigma(neighborOptions) : given.sigma;
  const { architecture, epochs, seed, batchSize, learningRate, schedule, momentum, weightDecay } = given;
  const settings = { architecture, epochs, seed, batchSize, learningRate, schedule, momentum, weightDecay };
  const augment = given.augment ?? data === "cifar10";
  const checkpoint = join(out, "checkpoint.bin");
  const start = given.start === undefined ? undefined : await startWeights(given.start);
  const interrupted = (): string => `interrupted; the same command resumes from ${checkpoint}`;
  const result = await interruptible(interrupted, (signal) =>
    trainClassifier(
      trainingSet,
      { ...settings, sigma, augment, start },
      {
        backend,
        checkpoint,
        checkpointMinutes,
        signal,
        onStep: quiet ? undefined : progressLines(epochs, trainingSet.count),
        onEpoch: (log) => quiet || console.log(epochLine(log, epochs)),
      },
    ),
  );

  await mkdir(out, { recursive: true });
  const modelPath = join(out, "model.onnx");
  await writeWhole(modelPath, result.onnx);
  const classifier = await loadOnnxClassifier(modelPath, testSet);
  const testSigma: NoiseLevel = neighborOptions
    ? await nearestNeighbor(neighborOptions).sigma(
        Array.from({ length: testSet.count }, (_, index) => imageAt(testSet, index)),
      )
    : given.sigma;
  const testAccuracy = {
    clean: await noisyAccuracy(classifier, testSet, 0, seed),
    noisy: await noisyAccuracy(classifier, testSet, testSigma, seed),
  };
  await classifier.close();
  const log = {
    command: `idrs train ${process.argv.slice(3).join(" ")}`,
    version,
    dataset: { name: data, split: "train", checksums: trainingSet.checksums },
    sigma: neighborOptions
      ? {
          function: "nearest-neighbor",
          ...nearestNeighbor(neighborOptions).parameters,
          mean: mean(sigma as Float64Array),
        }
      : sigma,
    options: { ...settings, augment, ...(given.start && { start: given.start }) },
    backend: result.backend,
    model: classifier.identity,
    testAccuracy,
    epochs: result.log,
  };
  await writeWhole(join(out, "training.json"), `${JSON.stringify(log, null, 2)}\n`);
  if (!quiet) {
    console.log(
      `test accuracy of the base classifier: clean ${testAccuracy.clean}, noisy ${testAccuracy.noisy}; ` +
        `model and log in ${out}`,
    );
  }
}

async function startWeights(path: string): Promise<NonNullable<TrainingOptions["start"]>> {
  const checkpoint = await readCheckpoint(path);
  if (!checkpoint) throw new Error(`${path}: there is no such checkpoint`);
  return checkpoint.weights;
}

const LINE_EVERY = 30_000;

function progressLines(epochs: number, count: number): (progress: TrainingProgress) => void {
  let last = performance.now();
  return ({ epoch, images, loss, accuracy, imagesPerSecond, secondsLeft }) => {
    if (performance.now() - last < LINE_EVERY) return;
    last = performance.now();
    console.error(
      `epoch ${epoch}/${epochs}, ${images}/${count} images: loss ${loss.toFixed(4)}, ` +
        `accuracy ${accuracy.toFixed(4)}, ${imagesPerSecond.toFixed(0)} images/s, ` +
        `${Math.ceil(secondsLeft / 60)} min left`,
    );
  };
}

function epochLine({ epoch, learningRate, loss, accuracy, seconds }: EpochLog, epochs: number): string {
  return (
    `epoch ${epoch}/${epochs}: learning rate ${learningRate.toPrecision(3)}, loss ${loss.toFixed(4)}, ` +
    `accuracy ${accuracy.toFixed(4)}, ${seconds.toFixed(1)} s`
  );
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
