import type { ImageShape } from "../datasets/image-dataset";
import type { BaseClassifier } from "./base-classifier";
import { identityOf, type OnnxModel, type OnnxModelOptions, readOnnxModel } from "./onnx-model";
import { fastestSetup, setupWith } from "./onnx-setup";
import { warnIfBelowLog } from "./own-log";
import { type Examination, type OnnxSetup, type OnnxWorkers, startOnnxWorkers } from "./onnx-workers";

/** How an ONNX model is read and run. */
export interface OnnxClassifierOptions extends OnnxModelOptions {
  /** L, levels to the unit that inputs are rounded to; see {@link BaseClassifier.levels}. Default: 255. */
  readonly levels?: number;
  /**
   * Workers, threads and batch size. "measured" takes a few seconds to find the fastest set-up, for long runs of an
   * integer model. Default, also for omitted fields: a good set-up.
   */
  readonly setup?: "measured" | Partial<OnnxSetup>;
}

/** A base classifier that ONNX Runtime runs. */
export interface OnnxClassifier extends BaseClassifier {
  /** Shape of the images that it takes. */
  readonly image: ImageShape;
  readonly batchSize: number;
  readonly concurrency: number;
  /** Worker threads, threads of each, and the size of every batch. */
  readonly setup: OnnxSetup;
  classify(batch: Float32Array): Promise<Uint32Array>;
  close(): Promise<void>;
}

/**
 * Loads a base classifier from an ONNX file and runs it on ONNX Runtime, in worker threads.
 *
 * The model has one float input of shape [batch, channels, height, width], [batch, height, width, channels] or
 * [batch, N], and an output of shape [batch, classes] of class scores, logits or probabilities; an input's class is the
 * one with the largest score (the first of equals). Input and output may be float32, or float16 or float64, which are
 * converted. Weights may be in other files, in the folder of the model or below it: their checksums are part of the
 * identity. Quantized models are base classifiers like any other, as long as their scales are fixed: a model whose
 * scores of an input depend on the rest of the batch (dynamic quantization, batch normalization in training mode) or
 * on chance is not a function of its input, and is refused.
 *
 * Every batch that the model is given has one size, `setup.batchSize`: floating-point sums may be rounded differently in
 * batches of another size, or with more threads. Where they may, batch size and threads are part of the identity, and
 * the usual ones are taken unless others are given: "measured" chooses them for models in integers only.
 *
 * @param path - the ONNX file
 * @param image - shape of the images, such as a data set: for a data set, a warning appears if the model is far less
 * accurate on it than its log says
 * @throws Error if the file is missing or no ONNX model, if the model's input or output does not fit, if a score is
 * NaN, if it depends on the rest of the batch or on chance, or if the device is not available
 * @throws RangeError if the set-up or the normalization is out of range
 * @example
 * const test = await loadMnist("test");
 * const classifier = await loadOnnxClassifier("models/mnist-sigma-0.5/int8.onnx", test);
 * await classifier.classify(imageAt(test, 0)); // Uint32Array(1) [ 7 ]
 * await classifier.close();
 */
export async function loadOnnxClassifier(
  path: string,
  image: ImageShape,
  { setup, levels, ...options }: OnnxClassifierOptions = {},
): Promise<OnnxClassifier> {
  const model = await readOnnxModel(path, image, options);
  const classifier = { ...(await startOnnxClassifier(model, setup)), levels };
  await warnIfBelowLog(model, classifier, image);
  return classifier;
}

/** Runs a model as a base classifier; see {@link loadOnnxClassifier}. */
export async function startOnnxClassifier(
  model: OnnxModel,
  wanted: OnnxClassifierOptions["setup"] = {},
): Promise<OnnxClassifier> {
  let setup = setupWith(model, wanted === "measured" ? {} : wanted);
  let workers = startOnnxWorkers(model, setup);
  try {
    const examination = await workers.examine();
    if (wanted === "measured" && examination.exact) {
      await workers.close();
      setup = await fastestSetup(model);
      workers = startOnnxWorkers(model, setup);
    }
    return classifierOf(model, setup, workers, examination);
  } catch (error) {
    await workers.close();
    throw error;
  }
}

function classifierOf(
  model: OnnxModel,
  setup: OnnxSetup,
  workers: OnnxWorkers,
  { classCount, provider, exact }: Examination,
): OnnxClassifier {
  const { channels, height, width } = model.image;
  const dimension = channels * height * width;
  const { batchSize, threads } = setup;
  return {
    image: model.image,
    dimension,
    classCount,
    identity: {
      ...identityOf(model),
      provider,
      // Where rounding depends on them, votes may: then a run is not to go on with others.
      ...(!exact && { batchSize: String(batchSize), threads: String(threads) }),
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
