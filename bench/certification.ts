/*
 * The speed of a whole certification (noise, inference, counting, record), compared with bare inference on
 * the same batches and with Cohen's loop in PyTorch.
 *
 *   npm run bench:certification             # 5 rounds
 *   npm run bench:certification -- 9        # 9 rounds
 *   PYTHON=/path/to/python3 npm run bench:certification
 *
 * The benchmark uses a network of LeNet's size (MNIST) and one of ResNet-20's size (CIFAR-10), in float32 and
 * in int8. In each round it certifies images with a record on the disk, with independent and with shared
 * noise. It runs the same batches through the same workers without noise. And it runs Cohen's loop in PyTorch
 * (float32, the faster of its memory layouts), with batches of 1000, the default of Cohen's code, and with
 * the fastest batch size. It prints images per second, and the median and range of the ratios over the
 * rounds. ONNX Runtime has the setup that `idrs certify` would choose by measuring. The PyTorch part needs a
 * python3 with torch.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadOnnxClassifier, type OnnxClassifier } from "../src/classifiers/onnx-classifier";
import { quantizeClassifier } from "../src/classifiers/quantize";
import type { ImageDataset } from "../src/datasets/image-dataset";
import { certifyDataset } from "../src/experiments/certify-dataset";
import { constant } from "../src/variance/constant";
import { lenet, randomImages, resnet20 } from "./networks";

const ROUNDS = Number(process.argv[2] ?? 5);
const SIGMA = 0.5;

const NETWORKS = [
  { name: "lenet", file: lenet, shape: { channels: 1, height: 28, width: 28 }, samples: 80_000 },
  { name: "resnet20", file: resnet20, shape: { channels: 3, height: 32, width: 32 }, samples: 40_000 },
];

interface Torch {
  seconds(network: string, batch: "default" | "tuned", samples: number): Promise<number>;
  end(): void;
}

/** Starts PyTorch; undefined if python3 does not have it. */
async function startTorch(): Promise<Torch | undefined> {
  const script = join(__dirname, "..", "..", "..", "bench", "cohen_torch.py");
  const python = spawn(process.env.PYTHON ?? "python3", [script], { stdio: ["pipe", "pipe", "pipe"] });
  let messages = "";
  python.stderr.on("data", (data) => (messages += String(data)));
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const started = await Promise.race([
    answers.next().then(({ done }) => !done),
    new Promise<boolean>((resolve) => python.once("error", () => resolve(false))),
  ]);
  if (!started) return undefined;
  console.log(`PyTorch: ${messages.trim().replace(/\n/g, "; ")}`);
  return {
    async seconds(network, batch, samples) {
      python.stdin.write(`${network} ${batch} ${samples}\n`);
      return Number((await answers.next()).value);
    },
    end: () => python.stdin.end(),
  };
}

/** The seconds of bare inference on a number of samples: the workers classify the same batch repeatedly. */
async function inferenceSeconds(classifier: OnnxClassifier, samples: number): Promise<number> {
  const { batchSize, concurrency, dimension } = classifier;
  const batch = new Float32Array(batchSize * dimension).map((_, i) => (i % 97) / 97);
  let left = Math.ceil(samples / batchSize);
  const started = performance.now();
  const work = async (): Promise<void> => {
    while (left-- > 0) await classifier.classify(batch);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return (performance.now() - started) / 1000;
}

/** The seconds of certifying images with a record. */
async function certificationSeconds(
  classifier: OnnxClassifier,
  dataset: ImageDataset,
  n: number,
  sharedNoise: boolean,
  folder: string,
): Promise<number> {
  const started = performance.now();
  const noise = { n0: 100, n, alpha: 0.001, seed: 0, sharedNoise };
  await certifyDataset({
    ...noise,
    classifier,
    variance: constant(SIGMA),
    dataset,
    every: 1,
    folder,
    command: "benchmark",
  });
  const seconds = (performance.now() - started) / 1000;
  await rm(folder, { recursive: true });
  return seconds;
}

/** The measurements for a network in one precision. */
interface Measured {
  readonly name: string;
  readonly samples: number;
  readonly classifier: OnnxClassifier;
  readonly images: ImageDataset;
  readonly torch: Torch | undefined;
}

/** The seconds of each round, by task. */
async function measure(
  { name, samples, classifier, images, torch }: Measured,
  folder: string,
): Promise<Record<string, number[]>> {
  const n = samples / 4 - 100;
  const times: Record<string, number[]> = {
    inference: [],
    certification: [],
    "shared noise": [],
    "PyTorch, batches of 1000": [],
    "PyTorch, fastest batches": [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    times.inference.push(await inferenceSeconds(classifier, samples));
    times.certification.push(await certificationSeconds(classifier, images, n, false, folder));
    times["shared noise"].push(await certificationSeconds(classifier, images, n, true, folder));
    if (torch) {
      times["PyTorch, batches of 1000"].push(await torch.seconds(name, "default", samples));
      times["PyTorch, fastest batches"].push(await torch.seconds(name, "tuned", samples));
    }
  }
  return times;
}

function print(times: Record<string, number[]>, samples: number): void {
  const done = Object.entries(times).filter(([, seconds]) => seconds.length > 0);
  for (const [what, seconds] of done) {
    const rates = seconds.map((s) => samples / s);
    console.log(`  ${what.padEnd(24)} ${spread(rates, 0)} images/s`);
  }
  report("certification / bare inference", times.certification, times.inference);
  report("certification, shared noise / bare inference", times["shared noise"], times.inference);
  for (const [what, seconds] of done) {
    if (what.startsWith("PyTorch")) report(`${what} / certification`, seconds, times.certification);
  }
}

async function main(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "idrs-bench-"));
  const torch = await startTorch();
  if (!torch) console.log("no python3 with torch on this machine: skipping that part");
  try {
    for (const { name, file, shape, samples } of NETWORKS) {
      const images = randomImages(shape, 4);
      const [float32, int8] = ["float32", "int8"].map((kind) => join(scratch, `${name}-${kind}.onnx`));
      await writeFile(float32, file());
      await quantizeClassifier(float32, { dataset: images, sigma: SIGMA, images: 4, out: int8 });
      for (const [precision, path] of Object.entries({ float32, int8 })) {
        const classifier = await loadOnnxClassifier(path, images, { setup: "measured" });
        const { workers, threads, batchSize } = classifier.setup;
        console.log(
          `\n${name}, ${precision}: ${workers} workers × ${threads} threads, batches of ${batchSize}`,
        );
        const times = await measure({ name, samples, classifier, images, torch }, join(scratch, "record"));
        await classifier.close();
        print(times, samples);
      }
    }
  } finally {
    torch?.end();
    await rm(scratch, { recursive: true });
  }
}

function report(what: string, seconds: number[], than: number[]): void {
  console.log(
    `  time of ${what}: ${spread(
      seconds.map((s, i) => s / than[i]),
      2,
    )}`,
  );
}

/** Median [minimum, maximum]. */
function spread(values: number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return `${median.toFixed(digits)} [${sorted[0].toFixed(digits)}, ${sorted[sorted.length - 1].toFixed(digits)}]`;
}

void main();
