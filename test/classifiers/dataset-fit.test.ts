import { describe, expect, it } from "vitest";
import { compareClassifiers } from "../../src/classifiers/compare-classifiers";
import { requireFit } from "../../src/classifiers/dataset-fit";
import { functionClassifier } from "../../src/classifiers/function-classifier";
import type { ImageDataset } from "../../src/datasets/image-dataset";
import { noisyAccuracy } from "../../src/training/noisy-accuracy";
import { certifyStripes, newFolder, stripes } from "../experiments/stripes";

const classifier = (dimension: number, classCount: number) =>
  functionClassifier({ name: "f", dimension, classCount, classOf: () => 0 });

describe("a base classifier and a data set", () => {
  it("fit if they agree in input size and number of classes; otherwise nothing runs", async () => {
    requireFit(classifier(4, 2), stripes);
    const cases: [ReturnType<typeof classifier>, RegExp][] = [
      [classifier(4, 7), /the base classifier has 7 classes, but stripes has 2/],
      [classifier(4, 1), /the base classifier has 1 classes, but stripes has 2/],
      [classifier(5, 2), /the base classifier takes inputs of 5 values, but stripes has 4/],
    ];
    for (const [f, message] of cases) {
      await expect(certifyStripes(await newFolder(), { classifier: f })).rejects.toThrow(message);
      await expect(compareClassifiers(classifier(4, 2), f, stripes, 0.1, 1)).rejects.toThrow(message);
      await expect(noisyAccuracy(f, stripes, 0.1, 1)).rejects.toThrow(message);
    }
  });

  it("a label that is not a class is refused", async () => {
    const classNames = Array.from({ length: 70_000 }, (_, c) => String(c));
    const large = { ...stripes, classNames, labels: Int32Array.from({ length: 25 }, (_, i) => 69_999 - i) };
    requireFit(classifier(4, 70_000), large);
    const wrong: [Partial<ImageDataset>, string][] = [
      [
        { labels: Int32Array.from({ length: 25 }, (_, i) => (i === 3 ? 2 : 0)) },
        "label 3 of stripes must be an integer from 0 to 1, got 2",
      ],
      [
        { labels: Int32Array.from({ length: 25 }, () => -1) },
        "label 0 of stripes must be an integer from 0 to 1, got -1",
      ],
      [{ labels: new Uint8Array(24) }, "stripes has 24 labels, expected 25"],
      [{ pixels: new Uint8Array(99) }, "stripes has 99 pixels, expected 100"],
      [{ height: 3 }, "stripes has dimension 4, expected 6"],
      [{ count: 0 }, "count of stripes must be an integer of at least 1, got 0"],
      [{ indices: Uint32Array.of(1) }, "stripes has 1 indices, expected 25"],
    ];
    for (const [change, message] of wrong) {
      expect(() => requireFit(classifier(4, 2), { ...stripes, ...change })).toThrow(message);
      const folder = await newFolder();
      await expect(certifyStripes(folder, { dataset: { ...stripes, ...change } })).rejects.toThrow(message);
    }
  });
});
