import { Tensor } from "onnxruntime-node";
import { openSession } from "./onnx-session";
import type { OnnxModel } from "./onnx-model";

/** A model that is ready to run. */
export interface Scorer {
  /** The class scores of at most as many inputs as it was opened for, `classes` for each. */
  score(batch: Float32Array): Promise<{ scores: Float32Array; classes: number }>;
  release(): Promise<void>;
}

/**
 * Opens a model for batches of inputs as data sets hold them (channel by channel, pixels in [0, 1] plus noise).
 *
 * The model always runs on `batchSize` inputs; what a batch lacks is filled up with zeros. So all its calls are
 * alike, whatever the size of the last batch of a run.
 *
 * @param threads - threads that one batch is computed with
 * @throws Error if the device is not available, or scores have another shape than [batch, classes]
 */
export async function openScorer(model: OnnxModel, threads: number, batchSize: number): Promise<Scorer> {
  const { input, output, inputShape, image, device } = model;
  const dimension = image.channels * image.height * image.width;
  const session = await openSession(model.file, model.bytes, device, threads);
  const arrange = arrangement(model, batchSize * dimension);

  async function score(batch: Float32Array): ReturnType<Scorer["score"]> {
    const count = batch.length / dimension;
    const prepared = arrange(batch);
    const shape = [batchSize, ...inputShape];
    const results = await session
      .run({ [input]: new Tensor("float32", prepared, shape) })
      .catch((error: Error) => {
        throw new Error(`it fails on inputs of shape [${shape.join(", ")}]: ${error.message}`, {
          cause: error,
        });
      });
    const { dims, data } = results[output];
    if (dims.length !== 2 || dims[0] !== batchSize || dims[1] < 2) {
      throw new Error(
        `a batch of ${batchSize} gives an output of shape [${dims.join(", ")}], ` +
          `expected [${batchSize}, classes] with at least two classes`,
      );
    }
    return { scores: (data as Float32Array).slice(0, count * dims[1]), classes: dims[1] };
  }
  return { score, release: () => session.release() };
}

/** What gives a batch in the order, scale and size that the model takes, in an array that no other call uses. */
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
 * The class with the largest score, for each input of a batch; the first of equals.
 *
 * @throws Error if a score is NaN: no class could be said to be the largest
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
