import type { ImageDataset } from "../datasets/image-dataset";
import { isQuantization } from "../onnx/exact-operators";
import { decodeModel, encodeModel, type ModelMessage } from "../onnx/onnx-file";
import { planQuantization } from "../onnx/quantization-plan";
import { quantizeGraph } from "../onnx/quantize-graph";
import { spaceToDepth } from "../onnx/space-to-depth";
import { simplify } from "../onnx/simplify";
import { requireInteger } from "../numerics/arguments";
import { activationRanges, type CalibrationInputs } from "./activation-ranges";
import { readOnnxModel, weightsText, type Normalization, type OnnxModel } from "./onnx-model";

/** The first operator set with a scale for each channel. */
const LEAST_OPERATOR_SET = 13;

export interface QuantizeOptions {
  /** Images that are run to observe activations, with σ the noise that the classifier is to be smoothed with. */
  readonly dataset: ImageDataset;
  /** σ ≥ 0. */
  readonly sigma: number;
  /** How many of the images, evenly spaced. Default: 256, or all if there are fewer. */
  readonly images?: number;
  /** Seed of the noise. Default: 0. */
  readonly seed?: number;
  /** What the model expects its inputs to be normalised by, if that is not part of it. */
  readonly normalization?: Normalization;
}

/**
 * Quantises a base classifier: the same network with weights and activations of 8 bits, a quarter of the size and
 * faster. It is another base classifier, with float32 inputs and scores as before: certify the one that is deployed.
 *
 * Static quantisation: each tensor is q = round(x / scale) + zero point with a scale that is fixed beforehand, from
 * the smallest and largest value that the tensor took on noisy images. So the classifier stays a function of its
 * input; with scales made afresh for each batch (dynamic quantisation) it would not be one, and could not be
 * smoothed. Convolutions and dense layers, and what lies between them, are computed in integers, from the quantised
 * input to the scores; operators that have no such form stay in floating point. Activations are uint8 with a zero
 * point; weights have one scale per output channel and seven bits with a sign, so that no processor saturates: integer
 * sums are exact, and votes do not depend on the processor's instruction set as far as nothing is left in floating
 * point.
 *
 * The same arguments give the same bytes (on one kind of processor: the observed ranges are those of the float
 * network). The file's metadata name the float model by its SHA-256, and the images, σ and seed.
 *
 * @param path - an ONNX file as for `loadOnnxClassifier`, operator set 13 or higher, float32
 * @returns content of the quantised ONNX file
 * @throws Error naming the file and what does not fit: no model, other images, an old operator set, a graph with
 * branches, a network that is quantised already or has nothing to quantise, or weights that are not finite
 * @throws RangeError if σ, images or seed is out of range
 */
export async function quantizeClassifier(
  path: string,
  { dataset, sigma, images = Math.min(256, dataset.count), seed = 0, normalization }: QuantizeOptions,
): Promise<Uint8Array> {
  if (!(sigma >= 0 && sigma < Infinity)) throw new RangeError(`sigma must be a number ≥ 0, got ${sigma}`);
  requireInteger("images", images, 1, dataset.count);
  requireInteger("seed", seed, 0);
  const model = await readOnnxModel(path, dataset, { normalization });
  try {
    return await quantizeModel(model, { dataset, sigma, images, seed });
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

async function quantizeModel(model: OnnxModel, inputs: CalibrationInputs): Promise<Uint8Array> {
  const given = decodeModel(model.bytes);
  checkModel(given);
  // Older files list weights among the inputs, as defaults: here they are constants.
  const weights = new Set(given.graph.initializer.map(({ name }) => name));
  given.graph.input = given.graph.input.filter(({ name }) => !weights.has(name));

  const network = decodeModel(await simplify(encodeModel(given)));
  spaceToDepth(network.graph, inputs.dataset);
  const plan = planQuantization(network.graph);
  if (plan.layers.size === 0) {
    throw new Error("has no convolution or dense layer with constant weights to quantise");
  }
  const ranges = await activationRanges(model, network, [...new Set(plan.rangeOf.values())], inputs);
  for (const [tensor, { low, high }] of ranges) {
    if (!Number.isFinite(high - low))
      throw new Error(`the values of tensor ${tensor} reach from ${low} to ${high}`);
  }
  quantizeGraph(network.graph, plan, ranges);
  network.producerName = "idrs";
  network.metadataProps = [...network.metadataProps, ...metadata(model, inputs)];
  return encodeModel(network);
}

function checkModel({ graph, opsetImport }: ModelMessage): void {
  const standard = opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx");
  const version = Number(standard?.version ?? 0);
  if (version < LEAST_OPERATOR_SET) {
    throw new Error(`uses operator set ${version}, expected ${LEAST_OPERATOR_SET} or higher`);
  }
  for (const { opType, name, attribute } of graph.node) {
    if (isQuantization(opType)) throw new Error(`is quantised already (${opType} ${name})`);
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
