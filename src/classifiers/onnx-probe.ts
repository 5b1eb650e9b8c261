import type { OnnxModel } from "./onnx-model";
import { largestScores, type Scorer } from "./onnx-scores";
import { probeInputs } from "./probe-inputs";

/**
 * The amount, relative to the largest score, by which rounding may change the scores of an input when the
 * input moves to another place in the batch.
 */
const ROUNDING = 1e-3;

/**
 * Runs a model and checks that the scores of an input depend only on this input. The scores must stay the
 * same when other inputs of the batch change (on the CPU, bit for bit) and when the input moves to another place
 * in the batch (bit for bit if the model is exact, otherwise up to rounding).
 *
 * For every two inputs, some test keeps the first and changes the second: for each binary digit of the index
 * and each value of the digit, the inputs whose index has this value stay, and all other inputs change.
 *
 * @param batchSize - the batch size for which the scorer was opened
 * @param exact - whether the model is exact as it runs here (see `isExact`)
 * @returns the number of classes
 * @throws Error if a score is NaN, or if the scores of an input depend on anything but the input
 */
export async function probeScores(
  scorer: Scorer,
  { image, device }: OnnxModel,
  batchSize: number,
  exact: boolean,
): Promise<number> {
  const inputs = probeInputs(image, batchSize);
  const dimension = inputs.length / batchSize;
  const { scores, classes } = await scorer.score(inputs);
  largestScores(scores, classes);
  const largest = scores.reduce((most, score) => Math.max(most, isFinite(score) ? Math.abs(score) : 0), 0);
  const rounding = ROUNDING * largest;

  async function check(other: Float32Array, placeOf: (i: number) => number, by: number): Promise<void> {
    const changed = (await scorer.score(other)).scores;
    for (let i = 0; i < batchSize; i++) {
      const place = placeOf(i);
      if (place < 0) continue;
      for (let c = 0; c < classes; c++) {
        const [was, is] = [scores[i * classes + c], changed[place * classes + c]];
        if (was === is || Math.abs(is - was) <= by) continue;
        throw new Error(
          `the scores of an input must not depend on the rest of its batch or on chance (${was} became ${is} with other ` +
            `inputs in the batch), as with dynamic quantization: it is not a base classifier`,
        );
      }
    }
  }

  await check(inputs, (i) => i, device === "cpu" ? 0 : rounding);
  for (let digit = 1; digit < batchSize; digit *= 2) {
    for (const kept of [0, digit]) {
      const others = inputs.map((value, p) =>
        (Math.floor(p / dimension) & digit) === kept ? value : 100 * value,
      );
      await check(others, (i) => ((i & digit) === kept ? i : -1), device === "cpu" ? 0 : rounding);
    }
  }
  const turned = new Float32Array(inputs.length);
  for (let i = 0; i < batchSize; i++) {
    turned.set(inputs.subarray(i * dimension, (i + 1) * dimension), (batchSize - 1 - i) * dimension);
  }
  await check(turned, (i) => batchSize - 1 - i, exact ? 0 : rounding);
  return classes;
}
