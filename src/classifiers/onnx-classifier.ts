import type { ImageShape } from "../datasets/image-dataset";
import type { BaseClassifier } from "./base-classifier";
import { identityOf, type OnnxModel, type OnnxModelOptions, readOnnxModel } from "./onnx-model";
import { fastestSetup, setupWith } from "./onnx-setup";
import { warnIfBelowLog } from "./own-log";
import { type Examination, type OnnxSetup, type OnnxWorkers, startOnnxWorkers } from "./onnx-workers";
import { requireOptions } from "../numerics/options";

/** The options that determine how an ONNX model is read and run. */
export interface OnnxClassifierOptions extends OnnxModelOptions {
  /**
   * The number L of levels per unit to which inputs are rounded; see {@link BaseClassifier.levels}. Default:
   * 255.
   */
  readonly levels?: number;
  /**
   * The number of workers, the number of threads per worker, and the batch size. With "measured", a few
   * seconds are spent on finding the fastest setup, which pays off in long runs of an integer model. Omitted
   * fields get good defaults.
   */
  readonly setup?: "measured" | Partial<OnnxSetup>;
}

/** A base classifier that runs on ONNX Runtime. */
export interface OnnxClassifier extends BaseClassifier {
  /** The shape of the images that the classifier takes. */
  readonly image: ImageShape;
  readonly batchSize: number;
  readonly concurrency: number;
  /** The number of workers, the number of threads per worker, and the size of every batch. */
  readonly setup: OnnxSetup;
  classify(batch: Float32Array): Promise<Uint32Array>;
  close(): Promise<void>;
}

/**
 * Loads a base classifier from an ONNX file and runs it on ONNX Runtime, in worker threads.
 *
 * The model has one float input of shape [batch, channels, height, width], [batch, height, width, channels]
 * or [batch, N], and an output of shape [batch, classes] with class scores (logits or probabilities). The
 * class of an input is the class with the largest score; in a tie, the first class with this score. Input and
 * output may be float32, float16 or float64. Weights may be in separate files, in the model's folder or its
 * subfolders; the checksums of these files are part of the model's identity. Quantized models with fixed
 * scales are base classifiers like any other. A model is refused if the scores of an input depend on the rest
 * of the batch (dynamic quantization, batch normalization in training mode) or on chance.
 *
 * Every batch that the model gets has the same size, `setup.batchSize`, because floating-point sums may be
 * rounded differently in batches of another size or with more threads. For a model that computes floating-point sums,
 * or integer sums that may saturate on some CPUs because int8 weights exceed 64, the batch size and the number of
 * threads are part of its identity, so "measured" leaves them unchanged. It measures setups only for other models.
 *
 * @param path - the ONNX file
 * @param image - the shape of the images, or a data set. If a data set is given, a warning is printed if the
 *   model is far less accurate on the data set than the model's log says
 * @throws Error if the file is missing or not an ONNX model, if the model's input or output does not fit, if
 *   a score is NaN or depends on the rest of the batch or on chance, or if the device is not available
 * @throws RangeError if the setup or the normalization is out of range
 * @example
 * const test = await loadMnist("test");
 * const classifier = await loadOnnxClassifier("models/mnist-sigma-0.5/int8.onnx", test);
 * await classifier.classify(imageAt(test, 0)); // Uint32Array(1) [ 7 ]
 * await classifier.close();
 */
export async function loadOnnxClassifier(
  path: string,
  image: ImageShape,
  given: OnnxClassifierOptions = {},
): Promise<OnnxClassifier> {
  requireOptions("loadOnnxClassifier", given, {
    setup: true,
    levels: true,
    device: true,
    normalization: true,
    output: true,
    denoiser: true,
  });
  const { setup, levels, ...options } = given;
  const model = await readOnnxModel(path, image, options);
  const classifier = { ...(await startOnnxClassifier(model, setup)), levels };
  try {
    await warnIfBelowLog(model, classifier, image);
    return classifier;
  } catch (error) {
    await classifier.close();
    throw error;
  }
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
      // If rounding depends on batch size and threads, votes may depend on them too, and a run must not
      // resume with another batch size or number of threads.
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
