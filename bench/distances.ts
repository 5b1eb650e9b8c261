/*
 * The time of the exact nearest distances, compared with the corresponding matrix product in a BLAS.
 *
 *   npm run bench:distances              # 1000 CIFAR-10 test images against the 50,000 training images
 *   PYTHON=/path/to/python3 npm run bench:distances
 *
 * Five rounds alternate between the search with k = 20 (products, norms and selection) and numpy's product of
 * the same matrices in single precision (products only). Prints the median and range of the times and of
 * their ratio. Needs CIFAR-10 in the data folder, and a python3 with numpy for the comparison.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { loadCifar10 } from "../src/datasets/cifar10";
import { nearestSquaredByteDistances } from "../src/variance/nearest-distances";

const QUERIES = 1000;
const ROUNDS = 5;

const NUMPY = `
import sys, time, numpy
shapes = [int(n) for n in sys.argv[1:]]
random = numpy.random.default_rng(0)
queries, database = (random.random((n, shapes[2]), dtype=numpy.float32) for n in shapes[:2])
print("ready", flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    for first in range(0, shapes[1], 10000):
        queries @ database[first:first + 10000].T
    print(time.perf_counter() - start, flush=True)
`;

async function main(): Promise<void> {
  const [database, test] = [await loadCifar10("train"), await loadCifar10("test")];
  const queries = test.pixels.subarray(0, QUERIES * test.dimension);
  const sizes = [QUERIES, database.count, database.dimension].map(String);
  const python = spawn(process.env.PYTHON ?? "python3", ["-c", NUMPY, ...sizes], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const numpy = await Promise.race([
    answers.next().then(({ done }) => !done),
    new Promise<boolean>((resolve) => python.once("error", () => resolve(false))),
  ]);
  if (!numpy) console.log("no python3 with numpy on this machine: timing the search only");

  const [search, product]: number[][] = [[], []];
  await nearestSquaredByteDistances(database, queries.subarray(0, test.dimension), 20); // starts the runtime
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    await nearestSquaredByteDistances(database, queries, 20);
    search.push((performance.now() - started) / 1000);
    if (numpy) {
      python.stdin.write("\n");
      product.push(Number((await answers.next()).value));
    }
  }
  python.stdin.end();
  console.log(`${QUERIES} × ${database.count} distances of ${database.dimension} pixels, ${ROUNDS} rounds`);
  console.log(`search, exact:        ${summary(search)} s`);
  if (numpy) {
    console.log(`numpy's product:      ${summary(product)} s`);
    console.log(`numpy's time / ours:  ${summary(search.map((seconds, i) => product[i] / seconds))}`);
  }
}

function summary(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, middle, high] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted[sorted.length - 1]];
  return `${middle.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

void main();
