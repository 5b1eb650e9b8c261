import { describe, expect, it } from "vitest";
import {
  loadCifar10,
  loadMnist,
  quantizeClassifier,
  readCohenLog,
  readRecord,
  recertify,
  roundedGaussian,
  trainClassifier,
} from "../../src/index";
import { TRAINING_DEFAULTS } from "../../src/training/training-options";

/** Any object, as plain JavaScript would pass it. */
function untyped(options: object): never {
  return options as never;
}

it.each([loadMnist, loadCifar10])("%o refuses a split that does not exist", async (load) => {
  await expect(load("val" as never)).rejects.toThrow('split must be "train" or "test", got "val"');
});

describe("a misspelled option", () => {
  const training = { ...TRAINING_DEFAULTS, architecture: "small-cnn", sigma: 0.25, epochs: 1, seed: 1 };
  const sigma = { sigma: 0.5 };
  it.each<[string, string, () => unknown]>([
    ["loadCifar10", "step", () => loadCifar10("test", untyped({ step: 20 }))],
    [
      "quantizeClassifier",
      "image",
      async () =>
        quantizeClassifier("none.onnx", untyped({ ...sigma, dataset: await loadMnist("test"), image: 8 })),
    ],
    [
      "trainClassifier",
      "augmented",
      async () => trainClassifier(await loadMnist("test"), untyped({ ...training, augmented: true })),
    ],
    [
      "trainClassifier",
      "folder",
      async () => trainClassifier(await loadMnist("test"), training, untyped({ folder: "mine" })),
    ],
    ["recertify", "confidence", () => recertify("records/mnist-0.5-base", untyped({ confidence: 0.99 }))],
    [
      "readCohenLog",
      "N",
      async () => {
        const { dataset } = (await readRecord("records/mnist-0.5-base")).configuration;
        return readCohenLog("none.tsv", untyped({ ...sigma, dataset, N: 10_000 }));
      },
    ],
    ["roundedGaussian", "level", async () => roundedGaussian(untyped({ ...sigma, level: 1 }))],
  ])("is refused by %s before any work: %s", async (call, name, attempt) => {
    const message = new RegExp(`^${call} has no option "${name}"; its options are `);
    await expect((async () => attempt())()).rejects.toThrow(message);
  });
});
