import { Command } from "commander";
import { quantizeClassifier } from "../classifiers/quantize";
import { IMAGE_DATASET_NAMES, loadImageDataset } from "../datasets/image-datasets";
import { countOption, numberOption, numbersOption } from "./options";

interface QuantizeArguments {
  model: string;
  data: string;
  sigma: number;
  images: number;
  seed: number;
  mean?: number[];
  std?: number[];
  output?: string;
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
    .option("--mean <numbers>", "per channel, if the model expects normalized inputs", numbersOption)
    .option("--std <numbers>", "per channel, to divide by after subtracting --mean", numbersOption)
    .option("--output <name>", "output with the class scores, if the model has several")
    .requiredOption(
      "--out <file>",
      "the quantized ONNX file; its log, a .json file of the same name, is written beside it",
    )
    .action(quantize);
}

async function quantize({ model, data, mean, std, out, ...options }: QuantizeArguments): Promise<void> {
  if (!mean !== !std) throw new Error("give --mean and --std together");
  const [dataset, test] = await Promise.all([
    loadImageDataset(data, "train"),
    loadImageDataset(data, "test"),
  ]);
  const { onnx, comparison } = await quantizeClassifier(model, {
    ...options,
    normalization: mean && std && { mean, std },
    dataset,
    test,
    out,
    command: `idrs quantize ${process.argv.slice(3).join(" ")}`,
  });
  const { agreement, accuracies } = comparison!;
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  console.log(
    `${out}: ${(onnx.length / 1024).toFixed(0)} KB; on ${test.count} noisy test images it agrees with ${model} ` +
      `on ${percent(agreement)}; accuracy ${percent(accuracies[1])} against ${percent(accuracies[0])}`,
  );
}
