import type { Sequential } from "@tensorflow/tfjs";
import type { Tf } from "./tensorflow";

/** Shape of the images that a network takes. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

type Build = (tf: Tf, shape: ImageShape, classCount: number, seed: number) => Sequential;

/** The networks that can be trained here, by name. They take images as NHWC and give class scores. */
export const ARCHITECTURES: Readonly<Record<string, Build>> = {
  /** Two convolutions of 5 × 5 with max pooling, and two dense layers: LeNet with modern activations. */
  "small-cnn": (tf, shape, classCount, seed) => {
    let layer = 0;
    const initializer = () => tf.initializers.heNormal({ seed: seed * 100 + layer++ });
    return tf.sequential({
      layers: [
        tf.layers.conv2d({
          inputShape: [shape.height, shape.width, shape.channels],
          filters: 16,
          kernelSize: 5,
          padding: "same",
          activation: "relu",
          kernelInitializer: initializer(),
        }),
        tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
        tf.layers.conv2d({
          filters: 32,
          kernelSize: 5,
          padding: "same",
          activation: "relu",
          kernelInitializer: initializer(),
        }),
        tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 100, activation: "relu", kernelInitializer: initializer() }),
        tf.layers.dense({ units: classCount, kernelInitializer: initializer() }),
      ],
    });
  },
};

/**
 * Builds a network of a name in {@link ARCHITECTURES}, with weights drawn from the seed.
 *
 * @throws Error listing the names if there is none like it
 */
export function buildNetwork(
  tf: Tf,
  name: string,
  shape: ImageShape,
  classCount: number,
  seed: number,
): Sequential {
  if (!Object.hasOwn(ARCHITECTURES, name)) {
    throw new Error(`architecture must be one of ${Object.keys(ARCHITECTURES).join(", ")}, got "${name}"`);
  }
  return ARCHITECTURES[name](tf, shape, classCount, seed);
}
