/*
 * The speed and size of a network before and after `idrs quantize`.
 *
 *   npm run bench:quantization             # 15 rounds
 *   npm run bench:quantization -- 40       # 40 rounds
 *
 * For a network of LeNet's size (MNIST) and one of ResNet-20's size (CIFAR-10), batches of 64 alternate
 * between the float32 file and the int8 file, on one thread. Prints images per second (median over the
 * rounds), and the median and quartiles of the ratio int8 / float32 within a round.
 *
 * What to expect: with AVX2 but without VNNI, three instructions compute 32 products and sums in int8, and
 * one instruction computes 8 in float32, so int8 is at most twice as fast. The first convolution gains
 * nothing, because its few input channels do not fill a register.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnnxModel } from "../src/classifiers/onnx-model";
import { openScorer, type Scorer } from "../src/classifiers/onnx-scores";
import { probeInputs } from "../src/classifiers/probe-inputs";
import { quantizeClassifier } from "../src/classifiers/quantize";
import { lenet, randomImages, resnet20 } from "./networks";

const ROUNDS = Number(process.argv[2] ?? 15);
const BATCH = 64;
/** The minimal time of one measurement, in seconds. */
const SECONDS = 0.3;

const NETWORKS = [
  { name: "lenet", file: lenet, shape: { channels: 1, height: 28, width: 28 } },
  { name: "resnet20", file: resnet20, shape: { channels: 3, height: 32, width: 32 } },
];

async function imagesPerSecond(scorer: Scorer, batch: Float32Array): Promise<number> {
  const start = performance.now();
  let [batches, seconds] = [0, 0];
  for (; seconds < SECONDS; seconds = (performance.now() - start) / 1000) {
    await scorer.score(batch);
    batches++;
  }
  return (batches * BATCH) / seconds;
}

function quartiles(values: number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((share) => sorted[Math.round(share * (sorted.length - 1))]);
}

async function measure(folder: string, { name, file, shape }: (typeof NETWORKS)[number]): Promise<void> {
  const [float, int8] = [join(folder, `${name}.onnx`), join(folder, `${name}-int8.onnx`)];
  await writeFile(float, file());
  await quantizeClassifier(float, { dataset: randomImages(shape, 32), sigma: 0.25, out: int8 });

  const models = await Promise.all([float, int8].map((path) => readOnnxModel(path, shape)));
  const scorers = await Promise.all(models.map((model) => openScorer(model, 1, BATCH)));
  const batch = probeInputs(shape, BATCH);
  const rates: number[][] = [[], []];
  for (const scorer of scorers) await imagesPerSecond(scorer, batch); // warms up
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, scorer] of scorers.entries()) rates[i].push(await imagesPerSecond(scorer, batch));
  }
  await Promise.all(scorers.map((scorer) => scorer.release()));

  const [floatRate, int8Rate] = rates.map((values) => quartiles(values)[1].toFixed(0));
  const [low, median, high] = quartiles(rates[1].map((rate, i) => rate / rates[0][i])).map((x) =>
    x.toFixed(2),
  );
  const [floatSize, int8Size] = models.map(({ bytes }) => (bytes.length / 1024).toFixed(0));
  console.log(
    `${name}: float32 ${floatRate}, int8 ${int8Rate} images/s; ratio ${median} [${low}, ${high}]; ` +
      `${floatSize} → ${int8Size} KB`,
  );
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "idrs-"));
  try {
    for (const network of NETWORKS) await measure(folder, network);
  } finally {
    await rm(folder, { recursive: true });
  }
}

void main();
