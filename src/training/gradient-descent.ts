import type { Scalar, Tensor2D, Variable } from "@tensorflow/tfjs";
import type { ImageDataset } from "../datasets/image-dataset";
import { isTrainable, WeightKind, type Network } from "./network";
import type { Tf } from "./tf";
import { trainingBatch, type BatchOptions } from "./training-batch";

/** The options of a step. */
export interface DescentOptions extends BatchOptions {
  momentum: number;
  /** The factor λ in the penalty λ/2 · ‖w‖² on the kernels. */
  weightDecay: number;
}

/** Stochastic gradient descent with momentum: v ← μ v + ∇ + λ w (kernels only), w ← w − rate · v. */
export class GradientDescent {
  /** The velocity v of each trainable weight, by name. */
  readonly velocities: ReadonlyMap<string, Variable>;

  constructor(
    private readonly tf: Tf,
    private readonly network: Network,
    private readonly options: DescentOptions,
  ) {
    this.velocities = new Map(
      [...network.weights]
        .filter(([name]) => isTrainable(name))
        .map(([name, weight]) => [name, tf.tidy(() => tf.variable(tf.zerosLike(weight), false))]),
    );
  }

  /**
   * Takes one step on some images. Returns the mean loss of these images, and how many of them were classified
   * correctly before the step.
   */
  step(
    dataset: ImageDataset,
    indices: Uint32Array,
    epoch: number,
    rate: number,
  ): { loss: number; correct: number } {
    const { tf, network, options } = this;
    return tf.tidy(() => {
      const { images, labels } = trainingBatch(tf, dataset, indices, epoch, options);
      const oneHot = tf.oneHot(labels, dataset.classNames.length);
      let scores: Tensor2D | undefined;
      const { value, grads } = tf.variableGrads(
        () => {
          scores = tf.keep(network.scores(images, true));
          return tf.losses.softmaxCrossEntropy(oneHot, scores) as Scalar;
        },
        [...this.velocities.keys()].map((name) => network.weights.get(name)!),
      );
      for (const [name, velocity] of this.velocities) {
        const weight = network.weights.get(name)!;
        let gradient = grads[weight.name];
        if (name.endsWith(WeightKind.kernel)) {
          gradient = tf.add(gradient, tf.mul(weight, options.weightDecay));
        }
        velocity.assign(tf.add(tf.mul(velocity, options.momentum), gradient));
        weight.assign(tf.sub(weight, tf.mul(velocity, rate)));
      }
      const hits = tf.sum(tf.equal(tf.argMax(scores as Tensor2D, 1), labels));
      scores?.dispose();
      return { loss: value.dataSync()[0], correct: hits.dataSync()[0] };
    });
  }

  dispose(): void {
    this.velocities.forEach((velocity) => velocity.dispose());
  }
}
