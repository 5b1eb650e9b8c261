/*
 * How fast noisy copies of an input are made, in turn by the package (WebAssembly) and by plain JavaScript.
 *
 *   npm run bench:noise
 *
 * 256 copies of an input at σ = 0.25, for the dimensions of MNIST (784), CIFAR-10 (3072) and ImageNet (150528, where
 * 16 copies), in one thread. Prints the time per value: the median of 31 rounds, the fastest and the slowest, and
 * how many times as fast as plain JavaScript the package is (median of the ratios within a round). "drawn" makes
 * the normal variables alone, "added" adds existing ones to an input.
 */
import { addScaled, fillNoisyCopies, fillStandardNormals } from "../src/noise/gaussian-noise";
import { referenceNoisyCopies } from "../test/noise/reference-noise";

const ROUNDS = 31;

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function time(dimension: number, count: number): void {
  const x = Float32Array.from({ length: dimension }, (_, i) => (i % 256) / 255);
  const out = new Float32Array(count * dimension);
  const noise = new Float32Array(count * dimension);
  const samples = { seed: 42, input: 1, first: 0, count, stream: 0 };
  const ways: Record<string, () => void> = {
    "plain JavaScript": () => referenceNoisyCopies(out, x, 0.25, samples),
    "noisy copies": () => fillNoisyCopies(out, x, 0.25, samples),
    drawn: () => fillStandardNormals(noise, samples),
    added: () => addScaled(out, x, 0.25, noise),
  };
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = -3; round < ROUNDS; round++) {
    for (const [way, run] of Object.entries(ways)) {
      const start = process.hrtime.bigint();
      run();
      const nanoseconds = Number(process.hrtime.bigint() - start) / out.length;
      if (round >= 0) times[way].push(nanoseconds); // the rounds before let the compiler settle
    }
  }
  console.log(`N = ${dimension}, ${count} copies:`);
  for (const [way, t] of Object.entries(times)) {
    const ratio = median(t.map((_, round) => times["plain JavaScript"][round] / t[round]));
    console.log(
      `  ${way.padEnd(16)}  ${median(t).toFixed(2)} ns per value ` +
        `(${Math.min(...t).toFixed(2)} to ${Math.max(...t).toFixed(2)}), ` +
        `${(1000 / median(t)).toFixed(0)} million a second, × ${ratio.toFixed(1)}`,
    );
  }
}

time(784, 256);
time(3072, 256);
time(150528, 16);
