import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import type { ImageShape } from "../datasets/image-dataset";
import { readRegularFile } from "../files/read-regular-file";
import { openSession, type Device } from "./onnx-session";

/** Mean and standard deviation that a model expects its inputs to be normalised by, per channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** An ONNX file, and how images go into it and scores come out. Plain data, so that it can be sent to a worker. */
export interface OnnxModel {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly device: Device;
  readonly input: string;
  readonly output: string;
  /** Shape of one input. */
  readonly inputShape: readonly number[];
  readonly image: ImageShape;
  /** Whether the model takes height × width × channels; else it takes the order of the data sets. */
  readonly channelsLast: boolean;
  /** Batch size that the model was exported with, if it takes no other. */
  readonly fixedBatch?: number;
  readonly normalization?: Normalization;
}

/** Protocol buffers, and so ONNX files, hold 2 GiB at most. */
const LARGEST_MODEL = 2 ** 31;

/**
 * Reads an ONNX file and checks that images of a shape fit it.
 *
 * @throws Error naming the file and what is wrong with it: missing, no model, or an input that does not fit
 */
export async function readOnnxModel(
  file: string,
  { channels, height, width }: ImageShape,
  device: Device,
  normalization?: Normalization,
): Promise<OnnxModel> {
  const bytes = await readRegularFile(file, LARGEST_MODEL);
  if (!bytes) throw new Error(`${file}: there is no such model file`);
  checkNormalization(normalization, channels);
  const session = await openSession(file, bytes, "cpu", 1);
  try {
    const input = onlyTensor(file, "input", session.inputMetadata);
    const output = onlyTensor(file, "output", session.outputMetadata);
    const [batch, ...inputShape] = input.shape;
    const image = { channels, height, width };
    return {
      file: basename(file),
      bytes: new Uint8Array(bytes),
      sha256: createHash("sha256").update(bytes).digest("hex"),
      device,
      input: input.name,
      output: output.name,
      ...layout(file, inputShape, image),
      image,
      fixedBatch: typeof batch === "number" && batch > 0 ? batch : undefined,
      normalization,
    };
  } finally {
    await session.release();
  }
}

/** How images of a shape go into an input: a free length takes what the image has. */
function layout(
  file: string,
  shape: readonly (number | string)[],
  { channels, height, width }: ImageShape,
): { inputShape: number[]; channelsLast: boolean } {
  const takes = (wanted: number[]): boolean =>
    wanted.length === shape.length &&
    shape.every((length, i) => typeof length === "string" || length < 0 || length === wanted[i]);
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
    `${file}: the model takes inputs of ${shape.join(" × ")}, expected ${channels} × ${height} × ${width}, ` +
      `${height} × ${width} × ${channels} or ${channels * height * width} values`,
  );
}

function checkNormalization(normalization: Normalization | undefined, channels: number): void {
  if (!normalization) return;
  for (const [name, values] of Object.entries(normalization) as [string, readonly number[]][]) {
    const wanted = name === "std" ? "positive numbers" : "numbers";
    const fit = values.every((value) => Number.isFinite(value) && (name !== "std" || value > 0));
    if (values.length !== channels || !fit) {
      throw new RangeError(
        `${name} must be ${channels} ${wanted}, one for each channel, got [${values.join(", ")}]`,
      );
    }
  }
}

function onlyTensor(
  file: string,
  what: "input" | "output",
  metadata: readonly InferenceSession.ValueMetadata[],
): InferenceSession.TensorValueMetadata {
  const [value] = metadata;
  if (metadata.length !== 1) {
    throw new Error(`${file}: the model has ${metadata.length} ${what}s, expected one`);
  }
  if (!value.isTensor || value.type !== "float32") {
    throw new Error(`${file}: the ${what} is ${value.isTensor ? value.type : "no tensor"}, expected float32`);
  }
  return value;
}
