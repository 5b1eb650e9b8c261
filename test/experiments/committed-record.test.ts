import { join } from "node:path";
import { expect, it } from "vitest";
import { loadOnnxClassifier } from "../../src/classifiers/onnx-classifier";
import { loadMnist } from "../../src/datasets/mnist";
import { readRecord } from "../../src/experiments/record";
import { smooth } from "../../src/front/smooth";
import { constant } from "../../src/variance/constant";
import { nearestNeighbor } from "../../src/variance/nearest-neighbor";

const PROJECT = join(__dirname, "../..");
/** The data of the repository, whatever IDRS_DATA says. */
const DATA = join(PROJECT, "data");

it.each(["mnist-0.5-mean", "mnist-0.5-r0.01"])(
  "images of %s, certified again with the int8 network, give the votes and radii of the record",
  async (name) => {
    const { configuration, rows } = await readRecord(join(PROJECT, "records", name));
    const { n0, n, alpha, seed, variance } = configuration;
    const test = await loadMnist("test", DATA);
    const sigma = variance.isConstant
      ? constant(rows[0].sigma)
      : nearestNeighbor({
          database: await loadMnist("train", DATA),
          sigmaBase: variance.parameters.sigmaBase as number,
          rate: variance.rate,
          center: variance.parameters.center as number,
        });
    const classifier = await loadOnnxClassifier(join(PROJECT, "models/mnist-sigma-0.5178/int8.onnx"), test);
    try {
      const indices = rows.slice(0, 4).map(({ index }) => index);
      const again = await smooth(classifier, sigma).certifyDataset(test, { indices, n0, n, alpha, seed });
      for (const [i, { seconds, pA, radius, ...row }] of again.rows.entries()) {
        const { seconds: then, pA: pAThen, radius: radiusThen, ...before } = rows[i];
        expect(row).toEqual(before);
        // Another version of Node.js may round exp and log otherwise.
        expect(Math.abs(pA / pAThen - 1)).toBeLessThan(1e-9);
        expect(Math.abs(radius / radiusThen - 1)).toBeLessThan(1e-9);
        expect(seconds + then).toBeGreaterThan(0);
      }
    } finally {
      await classifier.close();
    }
  },
);
