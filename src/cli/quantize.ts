import { Command } from "commander";
import { quantizeClassifier } from "../classifiers/quantize";
import { commandLine } from "../experiments/command-line";
import { addDataOptions, type DataArguments, loadBoth } from "./data-options";
import { countOption, numberOption, numbersOption } from "./options";

interface QuantizeArguments extends DataArguments {
  model: string;
  test?: string;
  sigma: number;
  images: number;
  seed: number;
  mean?: number[];
  std?: number[];
  output?: string;
  out: string;
}

export function quantizeCommand(): Command {
  const quantizes = new Command("quantize").description(
    "quantize a base classifier to 8-bit integers, which makes it smaller and faster",
  );
  return addDataOptions(quantizes)
    .option("--test <path>", "test images for comparing both models, if --data is a path")
    .requiredOption("--model <file>", "base classifier, an ONNX file")
    .requiredOption(
      "--sigma <number>",
      "σ of the noise with which the classifier will be smoothed",
      numberOption,
    )
    .option(
      "--images <count>",
      "number of noisy training images that set the ranges of values",
      countOption,
      256,
    )
    .option("--seed <integer>", "seed of the noise", countOption, 0)
    .option("--mean <numbers>", "mean per channel, for a model that expects normalized inputs", numbersOption)
    .option("--std <numbers>", "standard deviation per channel, used with --mean", numbersOption)
    .option("--output <name>", "the output that holds the class scores, if the model has several outputs")
    .requiredOption("--out <file>", "quantized ONNX file to write; the log goes next to it, as .json")
    .action(quantize);
}

async function quantize(given: QuantizeArguments): Promise<void> {
  const { model, mean, std, output, sigma, images, seed, out } = given;
  if (!mean !== !std) throw new Error("give --mean and --std together");
  const { training, testing } = await loadBoth(given, given.test);
  const { onnx, comparison } = await quantizeClassifier(model, {
    sigma,
    images,
    seed,
    output,
    normalization: mean && std && { mean, std },
    dataset: training,
    test: testing,
    out,
    command: commandLine(["idrs", ...process.argv.slice(2)]),
  });
  const { agreement, accuracies } = comparison!;
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  console.log(
    `${out}: ${(onnx.length / 1024).toFixed(0)} KB; on ${testing.count} noisy test images it agrees with ${model} ` +
      `on ${percent(agreement)}; accuracy ${percent(accuracies[1])} against ${percent(accuracies[0])}`,
  );
}
