/*
 * How fast noisy copies of an image are made in whole levels, in turn with the standard normal variables in 32-bit floats
 * that training uses.
 *
 *   npm run bench:noise
 *
 * 256 copies at σ = 0.12, 0.5 and 5, for the dimensions of MNIST (784) and CIFAR-10 (3072), and 16 for ImageNet
 * (150528), in one thread. Prints the time per value: the median of 31 rounds, the fastest and the slowest, and the ratio
 * of the two (median of the ratios within a round); then the time that a new σ takes.
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
    `N = ${dimension}, σ = ${sigma}: ${shown(times.levels)} ns a value in levels, ` +
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
