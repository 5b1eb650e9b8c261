import type { ImageShape } from "../datasets/image-dataset";
import { requireInteger } from "../numerics/arguments";
import type { BaseClassifier } from "./base-classifier";
import { type Normalization, type OnnxModel, readOnnxModel } from "./onnx-model";
import { largestScores, openScorer } from "./onnx-scores";
import { type Device, providersOf } from "./onnx-session";
import { fastestSetup, sameScores, usualSetup } from "./onnx-setup";
import { type OnnxSetup, startOnnxWorkers } from "./onnx-workers";
import { probeInputs } from "./probe-inputs";

/** How an ONNX model is run. */
export interface OnnxClassifierOptions {
  /** Where: "cpu" (the default), "webgpu" or "cuda". */
  readonly device?: Device;
  /** What the model expects its inputs to be normalised by, if that is not part of it. */
  readonly normalization?: Normalization;
  /** L, levels to the unit that inputs are rounded to; see {@link BaseClassifier.levels}. Default: 255. */
  readonly levels?: number;
  /**
   * How it uses the machine: "measured" takes some seconds to find the fastest way, for long runs; by default, and for
   * what is not given, a good one is taken.
   */
  readonly setup?: "measured" | Partial<OnnxSetup>;
}

/** A base classifier that ONNX Runtime runs. */
export interface OnnxClassifier extends BaseClassifier {
  readonly batchSize: number;
  readonly concurrency: number;
  readonly setup: OnnxSetup;
  classify(batch: Float32Array): Promise<Uint32Array>;
  close(): Promise<void>;
}

/**
 * Loads a base classifier from an ONNX file and runs it on ONNX Runtime, in worker threads.
 *
 * The model has one float input of shape [batch, channels, height, width], [batch, height, width, channels] or
 * [batch, N], and one float output of shape [batch, classes] of class scores; an input's class is the one with the
 * largest score (the first of equals). Quantised models are base classifiers like any other, as long as their scales
 * are fixed: a model whose scores of an input depend on the rest of the batch (dynamic quantisation, batch
 * normalisation in training mode) is no function of its input, and is refused.
 *
 * @param path - the ONNX file
 * @param image - shape of the images, such as a data set
 * @throws Error if the file is missing or no ONNX model, if the model's input or output does not fit, if a score is
 * NaN, if it depends on the rest of the batch, or if the device is not available
 */
export async function loadOnnxClassifier(
  path: string,
  image: ImageShape,
  { device = "cpu", normalization, levels, setup: wanted }: OnnxClassifierOptions = {},
): Promise<OnnxClassifier> {
  const model = await readOnnxModel(path, image, device, normalization);
  const setup = await setupOf(path, model, wanted);
  const classCount = await probe(path, model, setup);
  const { batchSize, threads } = setup;
  const reproduces = await sameScores(model, setup);
  const provider = await providersOf(model.file, model.bytes, device);
  const workers = startOnnxWorkers(model, setup);
  const dimension = image.channels * image.height * image.width;

  return {
    dimension,
    classCount,
    levels,
    identity: {
      file: model.file,
      sha256: model.sha256,
      runtime: "onnxruntime-node",
      device,
      provider,
      ...(normalization && {
        mean: normalization.mean.join(" "),
        std: normalization.std.join(" "),
      }),
      // Where rounding depends on them, votes may: then a run is not to go on with others.
      ...(!reproduces && { batchSize: String(batchSize), threads: String(threads) }),
    },
    batchSize,
    concurrency: workers.concurrency,
    setup,
    async classify(batch) {
      const count = batch.length / dimension;
      if (!Number.isInteger(count)) {
        throw new RangeError(`a batch must hold a multiple of ${dimension} values, got ${batch.length}`);
      }
      if (count <= batchSize) return workers.classesOf(batch);
      const parts = [];
      for (let start = 0; start < count; start += batchSize) {
        parts.push(workers.classesOf(batch.subarray(start * dimension, (start + batchSize) * dimension)));
      }
      const classes = new Uint32Array(count);
      (await Promise.all(parts)).forEach((part, i) => classes.set(part, i * batchSize));
      return classes;
    },
    classifyCopies: (input, samples) => workers.classesOfCopies(input, samples),
    close: () => workers.close(),
  };
}

async function setupOf(
  path: string,
  model: OnnxModel,
  wanted: OnnxClassifierOptions["setup"],
): Promise<OnnxSetup> {
  if (wanted === "measured") return fastestSetup(model);
  const setup = { ...usualSetup(model), ...wanted };
  for (const [name, value] of Object.entries(setup)) requireInteger(name, value, 1);
  if (model.fixedBatch !== undefined && setup.batchSize !== model.fixedBatch) {
    throw new Error(
      `${path}: the model takes batches of ${model.fixedBatch} only, got batchSize ${setup.batchSize}`,
    );
  }
  return setup;
}

/** How much the score of an input may change with the rest of its batch, relative to the largest score: rounding. */
const ROUNDING = 1e-3;

/** Runs the model, and checks what it gives. Returns the number of classes. */
async function probe(path: string, model: OnnxModel, { threads, batchSize }: OnnxSetup): Promise<number> {
  const scorer = await openScorer(model, threads, batchSize);
  const count = Math.min(32, batchSize);
  const inputs = probeInputs(model.image, count);
  const dimension = inputs.length / count;
  // The first input as it was, with strange ones beside it.
  const others = inputs.map((value, i) => (i < dimension ? value : 100 * value));
  try {
    const { scores, classes } = await scorer.score(inputs);
    largestScores(scores, classes);
    const again = (await scorer.score(others)).scores;
    const largest = Math.max(...scores.map(Math.abs));
    for (let c = 0; c < classes; c++) {
      if (!(Math.abs(again[c] - scores[c]) <= ROUNDING * largest)) {
        throw new Error(
          `the score of an input depends on the rest of its batch (${scores[c]} became ${again[c]} with other ` +
            `inputs beside it), as with dynamic quantisation: that is no base classifier`,
        );
      }
    }
    return classes;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message.split("\n")[0]}`, { cause: error });
  } finally {
    await scorer.release();
  }
}
