import { join } from "node:path";
import { Command, Option } from "commander";
import type { ImageDataset } from "../datasets/image-dataset";
import { ARCHITECTURES } from "../training/architectures";
import { readStart } from "../training/checkpoint";
import { SCHEDULES } from "../training/learning-rate";
import type { TensorFlowBackend } from "../training/training-options";
import {
  trainClassifier,
  TRAINING_DEFAULTS,
  type EpochLog,
  type TrainingOptions,
  type TrainingProgress,
} from "../training/train";
import { commandLine } from "../experiments/command-line";
import { firstDifference } from "../files/first-difference";
import { addDataOptions, type DataArguments, loadBoth } from "./data-options";
import { interruptible } from "./interruptible";
import { countOption, numberOption } from "./options";
import { addVarianceOptions, neighborOptionsOf, type VarianceArguments } from "./variance-options";

type Settings = Omit<TrainingOptions, "architecture" | "sigma" | "augment" | "start">;

interface TrainArguments extends Settings, VarianceArguments, DataArguments {
  test?: string;
  architecture?: string;
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
    .option("--test <path>", "test images, if --data is a path (default: the test images there)")
    .addOption(
      new Option(
        "--architecture <name>",
        "network (default: small-cnn for gray images, resnet-8-wide for color)",
      ).choices(Object.keys(ARCHITECTURES)),
    );
  addVarianceOptions(command);
  return command
    .option("--epochs <count>", "passes over the training images", countOption, 15)
    .option("--seed <integer>", "seed of the weights, order, augmentation and noise", countOption, 0)
    .option("--batch-size <count>", "images per step", countOption, TRAINING_DEFAULTS.batchSize)
    .option("--learning-rate <number>", "highest learning rate", numberOption, TRAINING_DEFAULTS.learningRate)
    .addOption(
      new Option(
        "--schedule <name>",
        "learning rate schedule: step (a tenth after each third of the epochs) or cosine (warm-up, then down to 0)",
      )
        .choices(SCHEDULES)
        .default(TRAINING_DEFAULTS.schedule),
    )
    .option("--momentum <number>", "momentum", numberOption, TRAINING_DEFAULTS.momentum)
    .option(
      "--weight-decay <number>",
      "λ in the penalty λ/2 · ‖w‖²",
      numberOption,
      TRAINING_DEFAULTS.weightDecay,
    )
    .option("--augment", "shift images by up to 4 pixels and mirror them at random (default for cifar10)")
    .option("--no-augment", "use the images as they are (default for all other data)")
    .option("--start <file>", "start with the weights in this checkpoint of another training run")
    .addOption(
      new Option(
        "--backend <name>",
        "native TensorFlow or WebAssembly (default: native if installed)",
      ).choices(["tensorflow", "wasm"]),
    )
    .option("--checkpoint-minutes <number>", "minutes between checkpoints within an epoch", numberOption, 5)
    .requiredOption("--out <folder>", "folder of model, log and checkpoint; an interrupted run there resumes")
    .option("--quiet", "print only errors")
    .action(train);
}

async function train(given: TrainArguments): Promise<void> {
  const { data, backend, checkpointMinutes, out, start, quiet = false } = given;
  if (given.database !== undefined)
    throw new Error("--database cannot be given to train: the database is the training images");
  if (start !== undefined) await readStart(start); // the checkpoint is checked before the data sets are read
  const { training: trainingSet, testing: test } = await loadBoth(given, given.test);
  if (firstDifference(trainingSet.checksums, test.checksums) === undefined) {
    throw new Error(
      `the test images equal the training images of ${data}: give other test images with --test`,
    );
  }
  const neighborNoise = await neighborOptionsOf(given, () => Promise.resolve(trainingSet));
  const { epochs, seed, batchSize, learningRate, schedule, momentum, weightDecay } = given;
  const architecture = given.architecture ?? usualArchitecture(trainingSet);
  const augment = given.augment ?? data === "cifar10";
  const settings = { epochs, seed, batchSize, learningRate, schedule, momentum, weightDecay, augment };
  const interrupted = (): string =>
    `interrupted; the same command resumes from ${join(out, "checkpoint.bin")}`;
  const { testAccuracy } = await interruptible(interrupted, (signal) =>
    trainClassifier(
      trainingSet,
      { architecture, sigma: neighborNoise ?? given.sigma, start, ...settings },
      {
        ...{ backend, checkpointMinutes, out, test, signal, quiet },
        command: commandLine(["idrs", ...process.argv.slice(2)]),
        onStep: quiet ? undefined : progressLines(epochs, trainingSet.count),
        onEpoch: (log) => quiet || console.log(epochLine(log, epochs)),
      },
    ),
  );
  if (quiet) return;
  const { clean, noisy } = testAccuracy!;
  console.log(
    `test accuracy of the base classifier: clean ${clean}, noisy ${noisy}; model and log in ${out}`,
  );
}

/** Returns the architecture of the shipped models for images with the same number of channels. */
function usualArchitecture({ channels }: ImageDataset): string {
  return channels === 1 ? "small-cnn" : "resnet-8-wide";
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
