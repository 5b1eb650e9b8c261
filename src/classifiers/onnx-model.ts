import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { ImageShape } from "../datasets/image-dataset";
import { readRegularFile } from "../files/read-regular-file";
import { requireOptions } from "../numerics/options";
import { bringExternalData, type ExternalFile, LARGEST_MODEL } from "../onnx/external-data";
import { withFloatEnds } from "../onnx/float-ends";
import { decodeModel, encodeModel, type GraphMessage, type ValueMessage } from "../onnx/onnx-file";
import { randomOperator } from "../onnx/random-operators";
import { checkDevice, type Device } from "./device";

/** The mean and standard deviation per channel with which a model's inputs must be normalized. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The options that determine how a model is read and where it runs. */
export interface OnnxModelOptions {
  /** The device on which the model runs: "cpu" (the default), "webgpu" or "cuda". */
  readonly device?: Device;
  /** The normalization that the model expects, if the model does not include it. */
  readonly normalization?: Normalization;
  /**
   * The name of the output that holds the class scores. The name must be given if the model has several
   * outputs.
   */
  readonly output?: string;
  /**
   * An ONNX file that denoises images before they are normalized and classified (denoised smoothing, Salman
   * et al. 2020). The denoiser maps inputs of shape [batch, channels, height, width] to outputs of the same
   * shape.
   */
  readonly denoiser?: string;
}

/**
 * An ONNX file, together with the way in which images enter the model and scores leave it. An object of this
 * type is plain data, so it can be sent to a worker.
 */
export interface OnnxModel {
  /** The path that the caller gave, which errors name. */
  readonly path: string;
  /** The complete model, including weights from other files. */
  readonly bytes: Uint8Array;
  /** The checksum of the file. */
  readonly sha256: string;
  /** The files that hold weights. */
  readonly externalFiles: readonly ExternalFile[];
  readonly device: Device;
  readonly input: string;
  readonly output: string;
  /** The number of outputs in the file. */
  readonly outputs: number;
  /** The shape of one input. */
  readonly inputShape: readonly number[];
  readonly image: ImageShape;
  /** Whether the model takes height × width × channels; otherwise it takes channels × height × width. */
  readonly channelsLast: boolean;
  /** The batch size with which the model was exported, if the model accepts no other batch size. */
  readonly fixedBatch?: number;
  readonly normalization?: Normalization;
  readonly denoiser?: OnnxModel;
}

/**
 * Reads an ONNX file, with its files of weights and its denoiser, and checks that images of the given shape
 * fit. ONNX Runtime is not used here and may still refuse the model later.
 *
 * @throws Error naming the file and the problem: a missing file, a file that is not a model, inputs or
 *   outputs of the wrong shape, weights in a file that is missing or outside the model's folder, or an
 *   operator that draws random numbers
 * @throws RangeError for an unknown device, or a normalization with a different number of channels
 */
export async function readOnnxModel(
  path: string,
  image: ImageShape,
  options: OnnxModelOptions = {},
): Promise<OnnxModel> {
  if (options.device !== undefined) checkDevice(options.device);
  checkNormalization(options.normalization, image.channels);
  const bytes = await readRegularFile(path, LARGEST_MODEL);
  if (!bytes) throw new Error(`${path}: there is no such model file`);
  const model = await modelOf(path, bytes, image, options).catch((error: Error) => {
    throw new Error(`${path}: ${error.message}`, { cause: error });
  });
  if (options.denoiser === undefined) return model;
  const denoiser = await readOnnxModel(options.denoiser, image, { device: options.device });
  if (denoiser.channelsLast && image.channels > 1) {
    throw new Error(`${options.denoiser}: a denoiser takes channels × height × width`);
  }
  const fixedBatch = model.fixedBatch ?? denoiser.fixedBatch;
  if ((denoiser.fixedBatch ?? fixedBatch) !== fixedBatch) {
    throw new Error(
      `${path} takes batches of ${fixedBatch} only, but ${denoiser.path} batches of ${denoiser.fixedBatch}`,
    );
  }
  return { ...model, denoiser, fixedBatch };
}

/**
 * Makes a model from the content of an ONNX file.
 *
 * @param path - the path at which the model is or will be; the files of weights are looked up in the model's
 *   folder
 * @throws Error as {@link readOnnxModel} does, but without the name of the file
 */
export async function modelOf(
  path: string,
  content: Uint8Array,
  { channels, height, width }: ImageShape,
  { device = "cpu", normalization, output: wanted }: OnnxModelOptions = {},
): Promise<OnnxModel> {
  const model = decodeModel(content);
  const { graph } = model;
  const random = randomOperator(model);
  if (random) throw new Error(`draws random numbers (${random}), so it is not a base classifier`);
  const externalFiles = await bringExternalData(model, dirname(path));
  const input = onlyInput(graph);
  const outputs = graph.output.length;
  const output = outputOf(graph, wanted);
  graph.output = [output];
  const ends = withFloatEnds(graph, input, output);
  const [batch, ...inputShape] = shapeOf(input);
  const image = { channels, height, width };
  const isChanged = ends.changed || externalFiles.length > 0 || outputs > 1;
  return {
    path,
    // This is a separate copy, because a worker would receive the whole memory block that contains the bytes.
    bytes: isChanged ? encodeModel(model) : new Uint8Array(content),
    sha256: createHash("sha256").update(content).digest("hex"),
    externalFiles,
    device,
    input: ends.input,
    output: ends.output,
    outputs,
    ...layout(inputShape, image),
    image,
    fixedBatch: batch,
    normalization,
  };
}

/**
 * Returns the identity of a model for a record: the files on which the scores depend, and how these files are
 * used.
 */
export function identityOf(model: OnnxModel): Record<string, string> {
  const { normalization, denoiser, outputs, output } = model;
  return {
    file: basename(model.path),
    sha256: model.sha256,
    ...(model.externalFiles.length > 0 && { weights: weightsText(model.externalFiles) }),
    ...(outputs > 1 && { output }),
    runtime: "onnxruntime-node",
    device: model.device,
    ...(normalization && { mean: normalization.mean.join(" "), std: normalization.std.join(" ") }),
    ...(denoiser && {
      denoiser: basename(denoiser.path),
      denoiserSha256: denoiser.sha256,
      ...(denoiser.externalFiles.length > 0 && { denoiserWeights: weightsText(denoiser.externalFiles) }),
    }),
  };
}

/** Returns the files of weights and their checksums as text. */
export function weightsText(files: readonly ExternalFile[]): string {
  return files.map(({ location, sha256 }) => `${location} ${sha256}`).join(", ");
}

function onlyInput({ input, initializer }: GraphMessage): ValueMessage {
  // Older files also list weights among the inputs, as default values.
  const weights = new Set(initializer.map(({ name }) => name));
  const inputs = input.filter(({ name }) => !weights.has(name));
  if (inputs.length === 1) return inputs[0];
  throw new Error(`the model has ${inputs.length} inputs${listed(inputs)}, expected one`);
}

function outputOf({ output }: GraphMessage, wanted: string | undefined): ValueMessage {
  const found = wanted === undefined ? output[0] : output.find(({ name }) => name === wanted);
  if (found && (wanted !== undefined || output.length === 1)) return found;
  if (wanted !== undefined) throw new Error(`the model has no output "${wanted}", only${listed(output)}`);
  throw new Error(
    `the model has ${output.length} outputs${listed(output)}, expected one: name the one with the class scores (output)`,
  );
}

function listed(values: readonly ValueMessage[]): string {
  return values.length === 0 ? "" : ` (${values.map(({ name }) => name).join(", ")})`;
}

/** Returns the lengths of an input's axes; undefined stands for any length. */
function shapeOf({ name, type }: ValueMessage): (number | undefined)[] {
  const dims = type?.tensorType?.shape?.dim;
  if (!dims) throw new Error(`the input ${name} has no shape`);
  return dims.map(({ dimValue }) => {
    const length = Number(dimValue ?? 0);
    return length > 0 ? length : undefined;
  });
}

/**
 * Determines how images of a given shape enter an input. An axis of free length takes the length of the
 * image's axis.
 */
function layout(
  shape: readonly (number | undefined)[],
  { channels, height, width }: ImageShape,
): { inputShape: number[]; channelsLast: boolean } {
  const takes = (wanted: number[]): boolean =>
    wanted.length === shape.length &&
    shape.every((length, i) => length === undefined || length === wanted[i]);
  const orders = [
    { inputShape: [channels, height, width], channelsLast: false },
    { inputShape: [height, width, channels], channelsLast: true },
    { inputShape: [height, width], channelsLast: false },
    { inputShape: [channels * height * width], channelsLast: false },
  ];
  const order = orders.find(
    ({ inputShape }) => takes(inputShape) && (inputShape.length !== 2 || channels === 1),
  );
  if (order) return order;
  throw new Error(
    `the model takes inputs of ${shape.map((length) => length ?? "any").join(" × ")}, expected ${channels} × ${height} × ${width}, ` +
      `${height} × ${width} × ${channels} or ${channels * height * width} values`,
  );
}

function checkNormalization(normalization: Normalization | undefined, channels: number): void {
  if (!normalization) return;
  requireOptions("normalization", normalization, { mean: true, std: true });
  for (const name of ["mean", "std"] as const) {
    const wanted = name === "std" ? "positive numbers" : "numbers";
    const values: unknown = normalization[name];
    const isFit = (value: unknown): boolean =>
      Number.isFinite(value) && (name !== "std" || (value as number) > 0);
    if (!Array.isArray(values) || values.length !== channels || !values.every(isFit)) {
      const got = Array.isArray(values) ? `[${values.join(", ")}]` : String(values);
      throw new RangeError(`${name} must be ${channels} ${wanted}, one for each channel, got ${got}`);
    }
  }
}
