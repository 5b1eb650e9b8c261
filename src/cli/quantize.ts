import { resolve } from "node:path";
import { Command } from "commander";
import { compareClassifiers } from "../classifiers/compare-classifiers";
import { loadOnnxClassifier } from "../classifiers/onnx-classifier";
import { quantizeClassifier } from "../classifiers/quantize";
import { IMAGE_DATASET_NAMES, loadImageDataset } from "../datasets/image-datasets";
import { version } from "../files/version";
import { countOption, numberOption, numbersOption } from "./options";
import { writeWhole } from "../files/write-whole";

interface QuantizeArguments {
  model: string;
  data: string;
  sigma: number;
  images: number;
  seed: number;
  mean?: number[];
  std?: number[];
  out: string;
}

export function quantizeCommand(): Command {
  return new Command("quantize")
    .description("make a base classifier smaller and faster: 8-bit integers instead of floating point")
    .requiredOption("--model <file>", "base classifier, an ONNX file")
    .option("--data <name>", `data set: ${IMAGE_DATASET_NAMES.join(", ")}`, "mnist")
    .requiredOption("--sigma <number>", "σ of the noise that the classifier is smoothed with", numberOption)
    .option("--images <count>", "noisy training images that set the ranges of values", countOption, 256)
    .option("--seed <integer>", "seed of the noise", countOption, 0)
    .option("--mean <numbers>", "per channel, if the model expects normalised inputs", numbersOption)
    .option("--std <numbers>", "per channel, to divide by after subtracting --mean", numbersOption)
    .requiredOption(
      "--out <file>",
      "the quantised ONNX file; its log, a .json file of the same name, is written beside it",
    )
    .action(quantize);
}

async function quantize({
  model,
  data,
  sigma,
  images,
  seed,
  mean,
  std,
  out,
}: QuantizeArguments): Promise<void> {
  if (resolve(out) === resolve(model)) throw new Error("--out must be another file than --model");
  if (!mean !== !std) throw new Error("give --mean and --std together");
  const normalization = mean && std && { mean, std };
  const [trainingSet, testSet] = await Promise.all([
    loadImageDataset(data, "train"),
    loadImageDataset(data, "test"),
  ]);
  const bytes = await quantizeClassifier(model, { dataset: trainingSet, sigma, images, seed, normalization });
  await writeWhole(out, bytes);

  const float = await loadOnnxClassifier(model, testSet, { normalization });
  const quantized = await loadOnnxClassifier(out, testSet, { normalization });
  const { agreement, accuracies } = await compareClassifiers(float, quantized, testSet, sigma, seed);
  await Promise.all([float.close(), quantized.close()]);
  const log = {
    command: `idrs quantize ${process.argv.slice(3).join(" ")}`,
    version,
    dataset: { name: data, split: "train", checksums: trainingSet.checksums },
    sigma,
    images,
    seed,
    ...(normalization && { normalization }),
    quantizedFrom: float.identity,
    model: quantized.identity,
    test: { agreement, noisyAccuracy: { quantizedFrom: accuracies[0], model: accuracies[1] } },
  };
  await writeWhole(`${out.replace(/\.onnx$/, "")}.json`, `${JSON.stringify(log, null, 2)}\n`);
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  console.log(
    `${out}: ${(bytes.length / 1024).toFixed(0)} KB; on ${testSet.count} noisy test images it agrees with ${model} ` +
      `on ${percent(agreement)}; accuracy ${percent(accuracies[1])} against ${percent(accuracies[0])}`,
  );
}
