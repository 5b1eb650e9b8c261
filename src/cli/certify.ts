import { Command, Option } from "commander";
import { loadOnnxClassifier } from "../classifiers/onnx-classifier";
import { IMAGE_DATASET_NAMES, loadImageDataset } from "../datasets/image-datasets";
import { certifyDataset } from "../experiments/certify-dataset";
import { constant } from "../variance/constant";
import { meanCenter, nearestNeighbor } from "../variance/nearest-neighbor";
import type { VarianceFunction } from "../variance/variance-function";
import { countOption, numberOption } from "./options";

interface CertifyArguments {
  data: string;
  model: string;
  variance: "constant" | "nearest-neighbor";
  sigma: number;
  rate?: number;
  center?: number | "mean";
  neighbors?: number;
  n0: number;
  n: number;
  alpha: number;
  seed: number;
  every: number;
  out: string;
  quiet?: boolean;
}

export function certifyCommand(): Command {
  return new Command("certify")
    .description("certify every so manyth test image, and keep a record of it")
    .option("--data <name>", `data set: ${IMAGE_DATASET_NAMES.join(", ")}`, "mnist")
    .requiredOption("--model <file>", "base classifier, an ONNX file")
    .addOption(
      new Option("--variance <name>", "variance function σ(x)")
        .choices(["constant", "nearest-neighbor"])
        .default("constant"),
    )
    .requiredOption("--sigma <number>", "σ of a constant variance function, else σ_b", numberOption)
    .option("--rate <number>", "r of nearest-neighbor", numberOption)
    .option(
      "--center <number>",
      "m of nearest-neighbor: a number (the paper takes 1.5 for MNIST, 5 for CIFAR-10) or mean",
      (text) => (text === "mean" ? text : numberOption(text)),
    )
    .option("--neighbors <count>", "k of nearest-neighbor (default: 20)", countOption)
    .option("--n0 <count>", "samples that choose the class", countOption, 100)
    .option("--n <count>", "samples that bound its probability", countOption, 100_000)
    .option("--alpha <number>", "error probability of a certificate", numberOption, 0.001)
    .option("--seed <integer>", "seed of the noise", countOption, 0)
    .option("--every <count>", "certify the images 0, every, 2 · every, …", countOption, 20)
    .requiredOption("--out <folder>", "folder of the record; a run begun there is gone on with")
    .option("--quiet", "print nothing but errors")
    .action(certify);
}

async function certify(options: CertifyArguments): Promise<void> {
  const variance = await varianceOf(options);
  const dataset = await loadImageDataset(options.data, "test");
  const classifier = await loadOnnxClassifier(options.model, dataset.dimension);
  let [certified, correct] = [0, 0];
  await certifyDataset({
    ...options,
    classifier,
    variance,
    dataset,
    folder: options.out,
    command: `idrs certify ${process.argv.slice(3).join(" ")}`,
    onRow: (row, done, total) => {
      certified++;
      correct += row.correct;
      if (options.quiet || (certified % 10 !== 0 && done < total)) return;
      const rate = Math.round((row.n0 + row.n) / row.seconds);
      console.log(
        `${done}/${total}: image ${row.index}, radius ${row.radius.toFixed(3)}, ${rate} samples/s, ` +
          `smoothed accuracy so far ${(correct / certified).toFixed(3)}`,
      );
    },
  });
  if (!options.quiet) console.log(`record in ${options.out}`);
}

async function varianceOf(options: CertifyArguments): Promise<VarianceFunction> {
  const { data, variance, sigma, rate, center, neighbors } = options;
  if (variance === "constant") {
    for (const [name, value] of Object.entries({ rate, center, neighbors })) {
      if (value !== undefined) throw new Error(`--${name} is an option of --variance nearest-neighbor`);
    }
    return constant(sigma);
  }
  if (rate === undefined || center === undefined) {
    throw new Error("--variance nearest-neighbor needs --rate and --center");
  }
  const database = await loadImageDataset(data, "train");
  const m = center === "mean" ? await meanCenter(database, neighbors) : center;
  return nearestNeighbor({ database, sigmaBase: sigma, rate, center: m, neighbors });
}
