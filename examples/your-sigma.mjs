// Your own σ(x): more noise for images with more ink.
import { writeFileSync } from "node:fs";
import {
  checkSemiElasticity,
  imageAt,
  loadMnist,
  loadOnnxClassifier,
  precomputed,
  smooth,
  userFunction,
} from "idrs";
const images = await loadMnist("test");
const rate = 0.01;
const norm = (x) => Math.sqrt(x.reduce((sum, value) => sum + value ** 2, 0)); // 1-Lipschitz
const sigma = userFunction({ name: "ink", rate, sigma: (x) => 0.5 * Math.exp(rate * (norm(x) - 9)) });
const inputs = [0, 1, 2, 3].map((i) => imageAt(images, i));
const { steepest, refuted } = await checkSemiElasticity(sigma, { inputs });
console.log(
  `steepest found ${steepest.toPrecision(3)}, claimed ${rate}:`,
  refuted ? "refuted" : "not refuted",
);

const model = `${import.meta.dirname}/../models/mnist-sigma-0.5178/int8.onnx`;
const classifier = await loadOnnxClassifier(model, images);
const record = await smooth(classifier, sigma).certifyDataset(images, { every: 2500, n: 1000 });
for (const { index, sigma, predicted, radius } of record.rows)
  console.log({ index, sigma, predicted, radius });

// The same values from a file, as another program would write them; the record then says "unverified".
const lines = record.rows.map(({ index, sigma }) => `${index},${sigma}`);
writeFileSync("sigmas.csv", ["index,sigma", ...lines].join("\n"));
const handed = await precomputed({ file: "sigmas.csv", dataset: images, rate });
const again = await smooth(classifier, handed).certifyDataset(images, { every: 2500, n: 1000 });
console.log(
  "same radii:",
  again.rows.every(({ radius }, i) => radius === record.rows[i].radius),
);
await classifier.close();
