import type { Variable } from "@tensorflow/tfjs";
import type { NoiseLevel } from "../classifiers/noisy-image";
import type { ImageDataset } from "../datasets/image-dataset";
import { firstDifference } from "../files/first-difference";
import { differenceInWords, readCheckpoint, writeCheckpoint, type TrainingPosition } from "./checkpoint";
import { GradientDescent } from "./gradient-descent";
import { learningRateAt, type Schedule } from "./learning-rate";
import { buildNetwork, weightValues, type Network, type WeightValues } from "./network";
import type { Tf } from "./tf";
import type { EpochLog, TrainingOptions, TrainingProgress, TrainingRun } from "./training-options";
import { shuffledIndices } from "./training-batch";

/** The options of the training loop, including the σ of each image. */
export interface LoopOptions extends Omit<TrainingOptions, "sigma" | "start"> {
  readonly sigma: NoiseLevel;
}

/** The options for watching the loop, and the location of its checkpoint. */
export interface LoopRun extends Pick<TrainingRun, "checkpointMinutes" | "signal" | "onStep" | "onEpoch"> {
  /** The path of the checkpoint. */
  readonly checkpoint?: string;
  /** A function that is called after every step. */
  readonly renew?: () => Promise<void>;
}

const EPOCH_START = { step: 0, lossSum: 0, correct: 0, seconds: 0 };

/** The loop over the steps of a training run, with the network, the position and the checkpoint of the run. */
export class TrainingLoop {
  private readonly network: Network;
  private readonly descent: GradientDescent;
  private readonly steps: number;
  private position: TrainingPosition = { log: [], ...EPOCH_START };
  private lastKept = performance.now();

  /** @param configuration - everything that determines the training run, as plain JSON */
  constructor(
    private readonly tf: Tf,
    private readonly dataset: ImageDataset,
    private readonly options: LoopOptions,
    private readonly run: LoopRun,
    private readonly configuration: object,
  ) {
    const { architecture, seed, batchSize } = options;
    this.network = buildNetwork(tf, architecture, dataset, dataset.classNames.length, seed);
    this.descent = new GradientDescent(tf, this.network, options);
    this.steps = Math.ceil(dataset.count / batchSize);
  }

  /**
   * Takes all remaining steps.
   *
   * @param start - the initial weights; ignored if there is a checkpoint
   * @returns the weights and the log
   */
  async finish(start: WeightValues | undefined): Promise<{ weights: WeightValues; log: EpochLog[] }> {
    if (start) restore(this.tf, this.network.weights, start);
    await this.resume();
    while (this.position.log.length < this.options.epochs) await this.finishEpoch();
    this.run.signal?.throwIfAborted();
    return { weights: weightValues(this.network.weights), log: this.position.log };
  }

  dispose(): void {
    this.network.dispose();
    this.descent.dispose();
  }

  private async resume(): Promise<void> {
    const { checkpoint } = this.run;
    const kept = checkpoint === undefined ? undefined : await readCheckpoint(checkpoint);
    if (!kept) return;
    const difference = firstDifference(kept.configuration, this.configuration);
    if (difference) {
      throw new Error(`${checkpoint} belongs to a different training run: ${differenceInWords(difference)}`);
    }
    restore(this.tf, this.network.weights, kept.weights);
    this.position = kept.position;
    if (!this.isFinished()) restore(this.tf, this.descent.velocities, kept.velocities);
  }

  private isFinished(): boolean {
    return this.position.log.length >= this.options.epochs;
  }

  private async finishEpoch(): Promise<void> {
    const { position, steps, dataset, options, run } = this;
    const epoch = position.log.length;
    const order = shuffledIndices(dataset.count, options.seed, epoch);
    while (position.step < steps) {
      await this.step(epoch, order);
      run.onStep?.(this.progress());
      await run.renew?.();
      if (run.signal?.aborted) {
        await this.keep();
        throw run.signal.reason;
      }
      const minutes = (performance.now() - this.lastKept) / 60_000;
      if (minutes > (run.checkpointMinutes ?? Infinity)) await this.keep();
    }
    position.log.push({
      epoch: epoch + 1,
      learningRate: options.learningRate * highestRate(options.schedule, epoch, options.epochs, steps),
      loss: position.lossSum / dataset.count,
      accuracy: position.correct / dataset.count,
      seconds: position.seconds,
    });
    Object.assign(position, EPOCH_START);
    await this.keep();
    run.onEpoch?.(position.log[epoch]);
  }

  private async step(epoch: number, order: Uint32Array): Promise<void> {
    const { position, steps, dataset, descent } = this;
    const { batchSize, learningRate, schedule, epochs } = this.options;
    const started = performance.now();
    const indices = order.subarray(position.step * batchSize, (position.step + 1) * batchSize);
    const rate = learningRate * learningRateAt(schedule, (epoch + position.step / steps) / epochs);
    const { loss, correct } = descent.step(dataset, indices, epoch, rate);
    if (!Number.isFinite(loss)) {
      throw new Error(`the loss became ${loss} in epoch ${epoch + 1}; a smaller learning rate may help`);
    }
    position.step++;
    position.lossSum += loss * indices.length;
    position.correct += correct;
    await new Promise(setImmediate); // lets signals be handled
    position.seconds += (performance.now() - started) / 1000;
  }

  private async keep(): Promise<void> {
    this.lastKept = performance.now();
    const { checkpoint } = this.run;
    if (checkpoint === undefined) return;
    const { configuration, position } = this;
    const weights = weightValues(this.network.weights);
    // A finished training run does not need velocities.
    const velocities = this.isFinished() ? new Map() : weightValues(this.descent.velocities);
    await writeCheckpoint(checkpoint, { configuration, position, weights, velocities });
  }

  private progress(): TrainingProgress {
    const { position, options, dataset } = this;
    const images = Math.min(position.step * options.batchSize, dataset.count);
    const imagesPerSecond = images / position.seconds;
    const left = (options.epochs - position.log.length) * dataset.count - images;
    return {
      epoch: position.log.length + 1,
      images,
      loss: position.lossSum / images,
      accuracy: position.correct / images,
      imagesPerSecond,
      secondsLeft: left / imagesPerSecond,
    };
  }
}

function highestRate(schedule: Schedule, epoch: number, epochs: number, steps: number): number {
  let highest = 0;
  for (let step = 0; step < steps; step++) {
    highest = Math.max(highest, learningRateAt(schedule, (epoch + step / steps) / epochs));
  }
  return highest;
}

function restore(tf: Tf, variables: ReadonlyMap<string, Variable>, weights: WeightValues): void {
  const shapes = (map: ReadonlyMap<string, { shape: readonly number[] }>) =>
    Object.fromEntries([...map].map(([name, { shape }]) => [name, shape]));
  const difference = firstDifference(shapes(weights), shapes(variables));
  if (difference) {
    throw new Error(`the weights belong to a different network: ${differenceInWords(difference)}`);
  }
  tf.tidy(() => {
    for (const [name, variable] of variables) {
      variable.assign(tf.tensor(weights.get(name)!.values, variable.shape));
    }
  });
}
