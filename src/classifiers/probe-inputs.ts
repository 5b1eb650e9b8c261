import type { ImageShape } from "../datasets/image-dataset";
import { fillStandardNormal, NoiseStream } from "../noise/gaussian-noise";

/**
 * Makes inputs for a trial run of a model. They have the shape of an image and consist of normal noise with
 * mean 0.5 and standard deviation 0.5.
 */
export function probeInputs({ channels, height, width }: ImageShape, count: number): Float32Array {
  const dimension = channels * height * width;
  const inputs = new Float32Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const input = inputs.subarray(i * dimension, (i + 1) * dimension);
    fillStandardNormal(input, 0, 0, i, NoiseStream.search);
    for (let p = 0; p < dimension; p++) input[p] = 0.5 + 0.5 * input[p];
  }
  return inputs;
}
