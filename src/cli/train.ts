import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { ARCHITECTURES } from "../classifiers/architectures";
import { loadOnnxClassifier } from "../classifiers/onnx-classifier";
import { noisyAccuracy } from "../classifiers/noisy-accuracy";
import { TRAINING_DEFAULTS, trainClassifier, type TrainingOptions } from "../classifiers/train";
import { IMAGE_DATASET_NAMES, loadImageDataset } from "../datasets/image-datasets";
import { version } from "../version";
import { countOption, numberOption } from "./options";

interface TrainArguments extends TrainingOptions {
  data: string;
  backend?: "tensorflow" | "wasm";
  out: string;
}

export function trainCommand(): Command {
  return new Command("train")
    .description("train a base classifier on images with Gaussian noise")
    .option("--data <name>", `data set: ${IMAGE_DATASET_NAMES.join(", ")}`, "mnist")
    .option("--architecture <name>", `network: ${Object.keys(ARCHITECTURES).join(", ")}`, "small-cnn")
    .requiredOption("--sigma <number>", "standard deviation of the noise, pixels in [0, 1]", numberOption)
    .option("--epochs <count>", "passes over the training images", countOption, 15)
    .option("--seed <integer>", "seed of weights, order and noise", countOption, 0)
    .option("--batch-size <count>", "images per step", countOption, TRAINING_DEFAULTS.batchSize)
    .option(
      "--learning-rate <number>",
      "of the first third; a tenth in each further third",
      numberOption,
      TRAINING_DEFAULTS.learningRate,
    )
    .option("--momentum <number>", "momentum", numberOption, TRAINING_DEFAULTS.momentum)
    .option("--weight-decay <number>", "λ of λ/2 · ‖w‖²", numberOption, TRAINING_DEFAULTS.weightDecay)
    .option("--backend <name>", "tensorflow (native) or wasm; default: the faster one that is here")
    .requiredOption("--out <folder>", "where model.onnx and training.json go")
    .action(train);
}

async function train({ data, backend, out, ...options }: TrainArguments): Promise<void> {
  if (backend !== undefined && backend !== "tensorflow" && backend !== "wasm") {
    throw new Error(`--backend must be tensorflow or wasm, got "${String(backend)}"`);
  }
  const [trainingSet, testSet] = await Promise.all([
    loadImageDataset(data, "train"),
    loadImageDataset(data, "test"),
  ]);
  await mkdir(out, { recursive: true });
  const result = await trainClassifier(
    trainingSet,
    options,
    ({ epoch, learningRate, loss, accuracy, seconds }) =>
      console.log(
        `epoch ${epoch}/${options.epochs}: learning rate ${learningRate.toPrecision(3)}, ` +
          `loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}, ${seconds.toFixed(1)} s`,
      ),
    backend,
  );

  const modelPath = join(out, "model.onnx");
  await writeFile(modelPath, result.onnx);
  const classifier = await loadOnnxClassifier(modelPath, testSet.dimension);
  const testAccuracy = {
    clean: await noisyAccuracy(classifier, testSet, 0, options.seed),
    noisy: await noisyAccuracy(classifier, testSet, options.sigma, options.seed),
  };
  const log = {
    command: `idrs train ${process.argv.slice(3).join(" ")}`,
    version,
    dataset: { name: data, split: "train", checksums: trainingSet.checksums },
    options,
    backend: result.backend,
    model: classifier.identity,
    testAccuracy,
    epochs: result.log,
  };
  await writeFile(join(out, "training.json"), `${JSON.stringify(log, null, 2)}\n`);
  console.log(
    `test accuracy of the base classifier: clean ${testAccuracy.clean}, noisy ${testAccuracy.noisy}; ` +
      `model and log in ${out}`,
  );
}
