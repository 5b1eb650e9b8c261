import type { InferenceSession } from "onnxruntime-node";
import { onnxRuntime } from "../onnx/onnx-runtime";
import type { OnnxModel } from "./onnx-model";
import { openSession } from "./onnx-session";

/** A model that is ready to run. */
export interface Scorer {
  /**
   * Returns the class scores of a batch, with `classes` scores per input. The batch must not be larger than
   * the batch size for which the scorer was opened.
   */
  score(batch: Float32Array): Promise<{ scores: Float32Array; classes: number }>;
  release(): Promise<void>;
}

/**
 * Opens a model, together with its denoiser if there is one, for batches of inputs in the layout of data sets
 * (channel by channel, with pixels in [0, 1] plus noise).
 *
 * The model always runs on `batchSize` inputs; an incomplete batch is padded with zeros. All calls therefore
 * have the same batch size, even if the last batch of a run is smaller.
 *
 * @param threads - the number of threads that compute one batch
 * @throws Error if the device is not available, or if the shape of the scores is not [batch, classes]
 */
export async function openScorer(model: OnnxModel, threads: number, batchSize: number): Promise<Scorer> {
  const { denoiser } = model;
  const classify = await openNetwork(model, threads, batchSize);
  const denoise = denoiser && (await openNetwork(denoiser, threads, batchSize));

  async function score(batch: Float32Array): ReturnType<Scorer["score"]> {
    const { dims, data } = await classify.run(denoise ? await denoised(batch) : batch);
    if (dims.length !== 2 || dims[0] !== batchSize || dims[1] < 2) {
      throw new Error(
        `a batch of ${batchSize} gives an output of shape [${dims.join(", ")}], ` +
          `expected [${batchSize}, classes] with at least two classes`,
      );
    }
    return { scores: data.slice(0, (batch.length / classify.dimension) * dims[1]), classes: dims[1] };
  }
  async function denoised(batch: Float32Array): Promise<Float32Array> {
    const { dims, data } = await denoise!.run(batch);
    const wanted = [batchSize, ...denoiser!.inputShape];
    if (dims.join() !== wanted.join()) {
      throw new Error(
        `the denoiser ${denoiser!.path} gives an output of shape [${dims.join(", ")}], ` +
          `expected the shape of its input, [${wanted.join(", ")}]`,
      );
    }
    return data.subarray(0, batch.length);
  }
  return {
    score,
    async release() {
      await classify.session.release();
      await denoise?.session.release();
    },
  };
}

/** A network on ONNX Runtime that takes batches of images. */
interface Network {
  readonly session: InferenceSession;
  /** The number of values in an image. */
  readonly dimension: number;
  run(batch: Float32Array): Promise<{ dims: readonly number[]; data: Float32Array }>;
}

async function openNetwork(model: OnnxModel, threads: number, batchSize: number): Promise<Network> {
  const { input, output, inputShape, image } = model;
  const dimension = image.channels * image.height * image.width;
  const shape = [batchSize, ...inputShape];
  const arrange = arrangement(model, batchSize * dimension);
  const { Tensor } = await onnxRuntime();
  const session = await openSession(model, threads);
  return {
    session,
    dimension,
    async run(batch) {
      const results = await session
        .run({ [input]: new Tensor("float32", arrange(batch), shape) })
        .catch((error: Error) => {
          const reason = error.message.split("\n")[0];
          throw new Error(`fails on inputs of shape [${shape.join(", ")}]: ${reason}`, { cause: error });
        });
      const { dims, data } = results[output];
      return { dims, data: data as Float32Array };
    },
  };
}

/**
 * Returns a function that converts a batch to the order, scale and size that the model takes. Each call
 * writes to an array that no other call uses.
 */
function arrangement(
  { image, channelsLast, normalization }: OnnxModel,
  size: number,
): (batch: Float32Array) => Float32Array {
  const { channels, height, width } = image;
  if (!normalization && (!channelsLast || channels === 1)) {
    return (batch) => {
      if (batch.length === size) return batch;
      const filledUp = new Float32Array(size);
      filledUp.set(batch);
      return filledUp;
    };
  }
  const area = height * width;
  const [step, offset] = channelsLast ? [channels, 1] : [1, area];
  const mean = normalization?.mean ?? new Array<number>(channels).fill(0);
  const std = normalization?.std ?? new Array<number>(channels).fill(1);
  return (batch) => {
    const arranged = new Float32Array(size);
    for (let start = 0; start < batch.length; start += channels * area) {
      for (let channel = 0; channel < channels; channel++) {
        const [source, target] = [start + channel * area, start + channel * offset];
        const [m, s] = [mean[channel], std[channel]];
        for (let i = 0; i < area; i++) arranged[target + i * step] = (batch[source + i] - m) / s;
      }
    }
    return arranged;
  };
}

/**
 * Returns the class with the largest score for each input of a batch. In a tie, the first class is returned.
 * A score may be −∞.
 *
 * @throws Error if a score is NaN, because no score is then the largest
 */
export function largestScores(scores: Float32Array, classCount: number): Uint32Array {
  const classes = new Uint32Array(scores.length / classCount);
  for (let i = 0; i < classes.length; i++) {
    const start = i * classCount;
    let best = 0;
    for (let c = 0; c < classCount; c++) {
      const score = scores[start + c];
      if (Number.isNaN(score)) throw new Error(`the base classifier gave the score NaN to class ${c}`);
      if (score > scores[start + best]) best = c;
    }
    classes[i] = best;
  }
  return classes;
}
