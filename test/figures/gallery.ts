import { join } from "node:path";
import { COHEN_CIFAR10 } from "../../src/analysis/published-results";
import { compareRecords, QUANTITIES } from "../../src/analysis/compare-records";
import { readRecord, type CertificationRecord } from "../../src/experiments/record";
import { accuracyDifferenceFigure } from "../../src/figures/accuracy-difference-figure";
import { boxFigure } from "../../src/figures/box-figure";
import { certifiedAccuracyFigure } from "../../src/figures/certified-accuracy-figure";
import { certifiedRadiusFigure, type RadiusSetting } from "../../src/figures/certified-radius-figure";
import { classAccuracyFigure } from "../../src/figures/class-accuracy-figure";
import { COLORS } from "../../src/figures/colors";
import { curvesFigure } from "../../src/figures/curves-figure";
import { differencesFigure } from "../../src/figures/differences-figure";
import type { Figure } from "../../src/figures/figure";
import { linear, logarithmic } from "../../src/figures/grid";
import { histogramFigure } from "../../src/figures/histogram-figure";
import { imageFigure } from "../../src/figures/image-figure";
import { kullbackLeiblerFigure } from "../../src/figures/kullback-leibler-figure";
import { leavingProbabilityFigure } from "../../src/figures/leaving-probability-figure";
import { maximalRateFigure } from "../../src/figures/maximal-rate-figure";
import { noiseNormFigure } from "../../src/figures/noise-norm-figure";
import { radiusConditionFigure } from "../../src/figures/radius-condition-figure";
import { radiusLossFigure } from "../../src/figures/radius-loss-figure";
import { ratioThresholdFigure } from "../../src/figures/ratio-threshold-figure";
import { smoothedWorldFigure, type SmoothedStep } from "../../src/figures/smoothed-world-figure";
import { underCertificationFigure } from "../../src/figures/under-certification-figure";
import { voteShareFigure } from "../../src/figures/vote-share-figure";
import { waterfallFigure } from "../../src/figures/waterfall-figure";
import { worstCaseFigure } from "../../src/figures/worst-case-figure";
import { normalQuantile } from "../../src/probability/normal";
import { smoothExactly } from "../../src/toy/exact-smoothing";
import { cone, type Point } from "../../src/toy/worlds";
import { constant } from "../../src/variance/constant";
import type { VarianceFunction } from "../../src/variance/variance-function";

/** Every figure function at work, by a name for its picture. */
export async function gallery(): Promise<Readonly<Record<string, Figure>>> {
  return { ...ofCertificates(), ...(await ofRecords()), ...ofSamples(), ...(await ofThePlane()) };
}

function ofCertificates(): Record<string, Figure> {
  const setting: RadiusSetting = { dimension: 3072, sigma: 0.25, rate: 0.01, pA: 0.99 };
  const marks = { MNIST: 784, "CIFAR-10": 3072, "ImageNet 224²": 150528 };
  const dimensions = [2, 100, 784, 3072, 150528];
  const [slider, pA] = [[0.98, 1.02], 0.99];
  return {
    "worst-case": worstCaseFigure({ pA: 0.9, distance: 1, ratios: [0.8, 1.2] }),
    "leaving-probability-distance": leavingProbabilityFigure({
      along: "distance",
      range: [0, 3],
      slider,
      active: 1,
      dimensions,
      pA,
    }),
    "leaving-probability-ratio": leavingProbabilityFigure({
      along: "ratio",
      range: [0.9, 1.1],
      slider: [0, 1],
      active: 1,
      dimensions,
      pA,
    }),
    "noise-norm": noiseNormFigure({ ratio: 1.04, pA, dimensions: [2, 784, 3072], active: 1 }),
    "ratio-threshold": ratioThresholdFigure({ confidences: [0.9, 0.99], active: 1, marks }),
    "kullback-leibler": kullbackLeiblerFigure({ pA, dimensions: [1, 20, 784] }),
    "certified-radius": certifiedRadiusFigure({
      setting,
      along: "dimension",
      values: logarithmic(1, 1e6, 40).map(Math.round),
      slider: { of: "rate", values: [0.01, 0.1] },
    }),
    "radius-condition": radiusConditionFigure({ ...setting, sigma: 0.5, rates: [0.01, 0.05], active: 1 }),
    "radius-loss": radiusLossFigure({ dimensions, confidences: [0.9, 0.99] }),
    "maximal-rate": maximalRateFigure({ losses: [0.01, 0.1, 0.5], sigmas: [0.25, 0.5], marks }),
    "vote-share": voteShareFigure({
      ...setting,
      distance: 0.3,
      ratios: [0.96, 1.04],
      active: 1,
      counted: new Map([
        [1.04, [0.1, 0.2, 0.3].map((distance) => ({ distance, share: 1 - 2.7 * distance }))],
      ]),
    }),
  };
}

async function ofRecords(): Promise<Record<string, Figure>> {
  const read = (name: string): Promise<CertificationRecord> =>
    readRecord(join(__dirname, "../../records", name));
  const pair = { "constant σ": await read("cifar10-0.5-mean"), "σ(x)": await read("cifar10-0.5-r0.01") };
  const digits = { "constant σ": await read("mnist-0.5-mean"), "σ(x)": await read("mnist-0.5-r0.01") };
  const classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
  const rates = [0.005, 0.01, 0.03];
  const comparisons = await Promise.all(
    rates.map(async (rate) => {
      const other = await read(`cifar10-0.5-r${rate}`);
      return [rate, compareRecords(pair["constant σ"], other)] as const;
    }),
  );
  return {
    "certified-accuracy": certifiedAccuracyFigure(pair, {
      band: true,
      published: { "constant σ": COHEN_CIFAR10[2] },
    }),
    "accuracy-difference": accuracyDifferenceFigure(pair),
    waterfall: waterfallFigure(digits),
    "class-accuracy": classAccuracyFigure(pair, classes),
    differences: differencesFigure(Object.fromEntries(comparisons), {
      title: "σ(x) less constant σ",
      x: "rate r",
      quantities: { "clean accuracy": QUANTITIES.accuracy, "average radius": QUANTITIES.averageRadius },
    }),
  };
}

function ofSamples(): Record<string, Figure> {
  // Evenly spaced quantiles of a normal distribution: the same on every machine.
  const normal = (center: number, deviation: number): number[] =>
    linear(0.0025, 0.9975, 200).map((p) => center + deviation * normalQuantile(p));
  const pixels = Float32Array.from({ length: 28 * 28 }, (_, i) => ((i % 28) + Math.floor(i / 28)) / 54);
  return {
    histogram: histogramFigure({
      prefix: "r = ",
      x: "σ(x) / mean of σ(x)",
      mark: "limit",
      bins: 30,
      steps: [0.01, 0.02].map((rate) => ({
        label: String(rate),
        title: `σ(x) over the test images, r = ${rate}`,
        samples: { MNIST: normal(1, 3 * rate), "CIFAR-10": normal(1, 1.2 * rate) },
        marks: { MNIST: [0.92, 1.07], "CIFAR-10": [0.96, 1.04] },
      })),
    }),
    box: boxFigure(
      { airplane: normal(0.24, 0.01), cat: normal(0.25, 0.004), ship: normal(0.26, 0.006) },
      { title: "σ(x) by class", x: "class, by mean σ(x)", y: "σ(x) (pixels in [0, 1])" },
    ),
    curves: curvesFigure(
      [
        { name: "exact", x: [100, 1000, 10_000], y: [0.2, 0.26, 0.28], error: [0.03, 0.01, 0.004] },
        { name: "limit", x: [100, 10_000], y: [0.29, 0.29], color: COLORS.reference, dash: "dash" },
      ],
      { title: "Certified radius", x: "samples n", y: "radius", log: "x" },
    ),
    images: imageFigure(
      [0.5, 1].map((contrast) => ({
        pixels: pixels.map((value) => contrast * value),
        caption: `contrast ${contrast}`,
      })),
      { channels: 1, height: 28, width: 28, title: "Two images" },
    ),
  };
}

async function ofThePlane(): Promise<Record<string, Figure>> {
  const world = cone();
  const frame = { x: [-1, 3.5], y: [-1.6, 1.6] } as const;
  const points = world.sample(40, 1).inputs.map((x): Point => [x[0], x[1]]);
  const menu = [0.05, 0.1, 0.2, 0.35, 0.5];
  const optimized: VarianceFunction = {
    name: "data-dependent",
    rate: Infinity,
    eta: 0,
    isConstant: false,
    parameters: {},
    sigma: (inputs) =>
      Promise.resolve(
        Float64Array.from(inputs, ([x, y]) => {
          const radii = menu.map((sigma) => {
            const p = world.probabilityOfOne([x, y], sigma);
            return sigma * normalQuantile(Math.max(p, 1 - p) - 1e-10);
          });
          return menu[radii.indexOf(Math.max(...radii))];
        }),
      ),
  };
  const step = async (label: string, title: string, variance: VarianceFunction): Promise<SmoothedStep> => ({
    label,
    title,
    smoothing: await smoothExactly(world, variance, points, frame, 46),
  });
  const steps = [
    await step("constant", "Constant σ = 0.2", constant(0.2)),
    await step("optimized", "Data-dependent σ: balls of Cohen's radius", optimized),
  ];
  const both = { prefix: "σ(x): ", steps, kind: "cohen" as const };
  return {
    "smoothed-world": await smoothedWorldFigure({ ...both, frame, kind: "radius", ballCount: 20 }),
    "smoothed-world-false-claims": await smoothedWorldFigure({ ...both, frame, active: 1, ballCount: 20 }),
    "under-certification": underCertificationFigure({ ...both, active: 1 }),
  };
}
