/*
 * The speed of making noisy copies of an image in whole levels, compared with the standard normal variables
 * in 32-bit floats that training uses.
 *
 *   npm run bench:noise
 *
 * One thread makes 256 copies at σ = 0.12, 0.5 and 5 for the dimensions of MNIST (784) and CIFAR-10 (3072),
 * and 16 copies for ImageNet (150,528). Prints the time per value for both (the median of 31 rounds, the
 * fastest and the slowest) and the median of their ratio within a round. Then it prints the time for a new σ.
 */
import { fillStandardNormals } from "../src/noise/gaussian-noise";
import { noiseTable } from "../src/noise/noise-table";
import { noisyCopies, noisyInput } from "../src/noise/noisy-copies";

const ROUNDS = 31;

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function nanoseconds(run: () => void): number {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start);
}

function shown(times: number[]): string {
  return `${median(times).toFixed(2)} (${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)})`;
}

function compare(dimension: number, count: number, sigma: number): void {
  const input = noisyInput(
    Float32Array.from({ length: dimension }, (_, i) => (i % 256) / 255),
    sigma,
  );
  const normals = new Float32Array(count * dimension);
  const times: { levels: number[]; floats: number[] } = { levels: [], floats: [] };
  for (let round = -3; round < ROUNDS; round++) {
    const samples = { seed: 42, input: 1, first: 0, count, stream: 1 };
    const levels = nanoseconds(() => noisyCopies(input, samples)) / normals.length;
    const floats = nanoseconds(() => fillStandardNormals(normals, samples)) / normals.length;
    if (round < 0) continue; // the rounds before let the compiler settle
    times.levels.push(levels);
    times.floats.push(floats);
  }
  const ratio = median(times.levels.map((time, round) => time / times.floats[round]));
  console.log(
    `N = ${dimension}, σ = ${sigma}: ${shown(times.levels)} ns per value in levels, ` +
      `${shown(times.floats)} for normals in floats, ratio ${ratio.toFixed(2)}`,
  );
}

for (const sigma of [0.12, 0.5, 5]) {
  compare(784, 256, sigma);
  compare(3072, 256, sigma);
}
compare(150_528, 16, 0.5);
for (const sigma of [0.12, 0.5, 5]) {
  const times = Array.from({ length: ROUNDS }, () => nanoseconds(() => noiseTable(255 * sigma)) / 1e6);
  console.log(`a new σ = ${sigma}: ${shown(times)} ms`);
}
