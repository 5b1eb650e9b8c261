import { dirname, join, resolve } from "node:path";
import { checksumsOf } from "../datasets/checksums";
import type { ImageDataset } from "../datasets/image-dataset";
import { requireWritable } from "../files/require-writable";
import { isSameFile } from "../files/same-file";
import { version } from "../files/version";
import { writeWhole } from "../files/write-whole";
import { requireInteger, requireNonNegative } from "../numerics/arguments";
import { requireOptions } from "../numerics/options";
import { isQuantization } from "../onnx/exact-operators";
import { decodeModel, encodeModel, type ModelMessage } from "../onnx/onnx-file";
import { ELEMENT_TYPES } from "../onnx/onnx-tensor";
import { planQuantization } from "../onnx/quantization-plan";
import { quantizeGraph } from "../onnx/quantize-graph";
import { simplify } from "../onnx/simplify";
import { spaceToDepth } from "../onnx/space-to-depth";
import { activationRanges, type CalibrationInputs } from "./activation-ranges";
import { compareClassifiers, type ClassifierComparison } from "./compare-classifiers";
import { startOnnxClassifier } from "./onnx-classifier";
import {
  identityOf,
  modelOf,
  type Normalization,
  type OnnxModel,
  readOnnxModel,
  weightsText,
} from "./onnx-model";

/** The first operator set that supports one scale per channel. */
const LEAST_OPERATOR_SET = 13;

/** The options of {@link quantizeClassifier}. */
export interface QuantizeOptions {
  /** The images on which activations are observed. */
  readonly dataset: ImageDataset;
  /** The standard deviation σ ≥ 0 of the noise with which the classifier will be smoothed. */
  readonly sigma: number;
  /**
   * The number of images on which activations are observed; they are evenly spaced in the data set. Default:
   * 256, or all images if there are fewer.
   */
  readonly images?: number;
  /** The seed of the noise. Default: 0. */
  readonly seed?: number;
  /** The normalization that the model expects, if the model does not include it. */
  readonly normalization?: Normalization;
  /** The name of the output that holds the class scores, if the model has several outputs. */
  readonly output?: string;
  /**
   * The quantized ONNX file to write. The log of the quantization is written to a .json file with the same
   * name in the same folder. The ONNX file must not overwrite the model or one of the model's files of
   * weights, not even through links.
   */
  readonly out?: string;
  /**
   * The images on which the two classifiers are compared, for example the test images. One sample of noise is
   * added to each image.
   */
  readonly test?: ImageDataset;
  /** The origin of the model, for example a command line; the log records it. */
  readonly command?: string;
}

const OPTIONS: Readonly<Record<keyof QuantizeOptions, true>> = {
  dataset: true,
  sigma: true,
  images: true,
  seed: true,
  normalization: true,
  output: true,
  out: true,
  test: true,
  command: true,
};

/** A quantized base classifier. */
export interface Quantization {
  /** The content of the ONNX file. */
  readonly onnx: Uint8Array;
  /** The comparison of the original classifier (first) with the quantized one, if test images are given. */
  readonly comparison?: ClassifierComparison;
}

/**
 * Quantizes a base classifier: with 8-bit weights and activations, the network becomes faster and shrinks to
 * a quarter of the size. The result is a different base classifier, although its inputs and scores are still
 * float32. Certify the classifier that you deploy.
 *
 * Quantization is static: each tensor is stored as q = round(x / scale) + zero point. The scale is fixed in
 * advance, from the smallest and largest value of the tensor on noisy images, so the class still depends only
 * on the input. A classifier with dynamic quantization cannot be smoothed, because it computes new scales for
 * each batch.
 *
 * Convolutions, dense layers and the operators between them are computed in integers, from the quantized
 * input to the scores. Operators without an integer form stay in floating point. Activations are uint8 with a
 * zero point. Weights have one scale per output channel, and seven bits plus a sign, so that sums do not
 * saturate on any CPU. Integer sums are exact: if no operator stays in floating point, votes do not depend on
 * the CPU's instruction set.
 *
 * The same arguments give the same bytes on the same kind of CPU; on another kind, the float network may
 * round differently, which changes the observed ranges. The metadata of the file name the images, σ, the
 * seed, and the SHA-256 of the float model.
 *
 * @param path - an ONNX file as for `loadOnnxClassifier`, with float32 weights and with operator set 13 or
 *   higher
 * @throws Error naming the file and the problem: a file that is not a model, images that do not fit, an old
 *   operator set, a graph with branches, a network that is already quantized or has nothing to quantize,
 *   weights that are not float32 or not finite, or a file that cannot be written
 * @throws RangeError if σ, images or seed is out of range, or if an option is unknown
 * @example
 * const dataset = await loadMnist("train");
 * await quantizeClassifier("models/mnist-sigma-0.5/model.onnx", { dataset, sigma: 0.5, images: 64, out: "int8.onnx" });
 * const classifier = await loadOnnxClassifier("int8.onnx", dataset);
 */
export async function quantizeClassifier(path: string, options: QuantizeOptions): Promise<Quantization> {
  requireOptions("quantizeClassifier", options, OPTIONS);
  const { dataset, sigma, images = Math.min(256, dataset.count), seed = 0, normalization, output } = options;
  requireNonNegative("sigma", sigma);
  requireInteger("images", images, 1, dataset.count);
  requireInteger("seed", seed, 0);
  const model = await readOnnxModel(path, dataset, { normalization, output });
  const { out, test } = options;
  if (out !== undefined) await checkOut(model, out);
  const inputs = { dataset, sigma, images, seed };
  const onnx = await quantizeModel(model, inputs).catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`, { cause: error });
  });
  const quantized = await modelOf(out ?? path, onnx, dataset, { normalization });
  const compared = test && (await compareModels(model, quantized, test, sigma, seed));
  if (out !== undefined) {
    await writeWhole(out, onnx);
    await writeWhole(
      logOf(out),
      `${JSON.stringify(log(options, inputs, { model, quantized }, compared), null, 2)}\n`,
    );
  }
  return { onnx, comparison: compared?.comparison };
}

/** Returns the path of a quantized model's log. */
function logOf(out: string): string {
  return `${out.replace(/\.onnx$/, "")}.json`;
}

/** @throws Error if a model cannot be written, or if the model or its log would overwrite a source file */
async function checkOut({ path, externalFiles }: OnnxModel, out: string): Promise<void> {
  const sources = [path, ...externalFiles.map(({ location }) => join(dirname(path), location))];
  for (const written of [out, logOf(out)]) {
    for (const source of sources) {
      if (resolve(written) !== resolve(source) && !(await isSameFile(written, source))) continue;
      throw new Error(`${written} is ${source}, from which the quantized model is made: give another file`);
    }
    await requireWritable(written);
  }
}

/** Two models and their comparison. */
interface ComparedModels {
  readonly comparison: ClassifierComparison;
  readonly identities: readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>];
}

async function compareModels(
  model: OnnxModel,
  quantized: OnnxModel,
  test: ImageDataset,
  sigma: number,
  seed: number,
): Promise<ComparedModels> {
  const one = await startOnnxClassifier(model);
  const other = await startOnnxClassifier(quantized);
  try {
    const comparison = await compareClassifiers(one, other, test, sigma, seed);
    return { comparison, identities: [one.identity, other.identity] };
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
}

function log(
  { command }: QuantizeOptions,
  { dataset, sigma, images, seed }: CalibrationInputs,
  { model, quantized }: { model: OnnxModel; quantized: OnnxModel },
  compared: ComparedModels | undefined,
): object {
  const { normalization } = model;
  const [from, to] = compared?.identities ?? [identityOf(model), identityOf(quantized)];
  return {
    ...(command !== undefined && { command }),
    version,
    dataset: { name: dataset.name, split: dataset.split, checksums: checksumsOf(dataset) },
    sigma,
    images,
    seed,
    ...(normalization && { normalization }),
    quantizedFrom: from,
    model: to,
    ...(compared && {
      test: {
        agreement: compared.comparison.agreement,
        noisyAccuracy: {
          quantizedFrom: compared.comparison.accuracies[0],
          model: compared.comparison.accuracies[1],
        },
      },
    }),
  };
}

async function quantizeModel(model: OnnxModel, inputs: CalibrationInputs): Promise<Uint8Array> {
  const given = decodeModel(model.bytes);
  checkModel(given);
  // Older files list weights among the inputs, as default values; here such weights are treated as constants.
  const weights = new Set(given.graph.initializer.map(({ name }) => name));
  given.graph.input = given.graph.input.filter(({ name }) => !weights.has(name));

  const network = decodeModel(await simplify(encodeModel(given)));
  spaceToDepth(network.graph, inputs.dataset);
  const plan = planQuantization(network.graph);
  if (plan.layers.size === 0) {
    throw new Error("has no convolution or dense layer with constant weights to quantize");
  }
  const ranges = await activationRanges(model, network, [...new Set(plan.rangeOf.values())], inputs);
  for (const [tensor, { low, high }] of ranges) {
    if (!Number.isFinite(high - low))
      throw new Error(`the values of tensor ${tensor} must be finite, got ${low} to ${high}`);
  }
  quantizeGraph(network.graph, plan, ranges);
  network.producerName = "idrs";
  network.metadataProps = [...network.metadataProps, ...metadata(model, inputs)];
  return encodeModel(network);
}

function checkModel({ graph, opsetImport }: ModelMessage): void {
  const narrow = graph.initializer.find(
    ({ dataType }) => dataType === ELEMENT_TYPES.float16 || dataType === ELEMENT_TYPES.float64,
  );
  if (narrow) {
    const type = narrow.dataType === ELEMENT_TYPES.float16 ? "float16" : "float64";
    throw new Error(`has weights in ${type} (${narrow.name}): export it in float32 to quantize it`);
  }
  const standard = opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
  const version = Number(standard?.version ?? 0);
  if (version < LEAST_OPERATOR_SET) {
    throw new Error(`uses operator set ${version}, expected ${LEAST_OPERATOR_SET} or higher`);
  }
  for (const { opType, name, attribute } of graph.node) {
    if (isQuantization(opType)) throw new Error(`is already quantized (${opType} ${name})`);
    if (attribute.some(({ g, graphs }) => g || (graphs && graphs.length > 0))) {
      throw new Error(`has branches or loops (${opType} ${name}), which are not supported`);
    }
  }
}

function metadata(
  { sha256, externalFiles, normalization }: OnnxModel,
  { dataset, sigma, images, seed }: CalibrationInputs,
): ModelMessage["metadataProps"] {
  const entries = {
    quantized_from_sha256: sha256,
    ...(externalFiles.length > 0 && { quantized_from_weights: weightsText(externalFiles) }),
    calibration_images: `${images} of ${dataset.name} ${dataset.split}, evenly spaced`,
    calibration_sigma: String(sigma),
    calibration_seed: String(seed),
    ...(normalization && {
      calibration_mean: normalization.mean.join(" "),
      calibration_std: normalization.std.join(" "),
    }),
  };
  return Object.entries(entries).map(([key, value]) => ({ key: `idrs.${key}`, value }));
}
