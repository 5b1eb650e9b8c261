import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { BaseClassifier } from "./base-classifier";

/**
 * Loads a base classifier from an ONNX file and runs it on ONNX Runtime.
 *
 * The model has one float input of shape [batch, …] with N values per input, and one float output of shape
 * [batch, classes] of class scores; an input's class is the one with the largest score (the first of equals).
 *
 * @param path - the ONNX file
 * @param dimension - N, the input dimension that the model must have
 * @throws Error if the file is missing or no ONNX model, or if the model's input or output does not fit
 */
export async function loadOnnxClassifier(path: string, dimension: number): Promise<BaseClassifier> {
  const model = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === "ENOENT" ? "there is no such model file" : error.message;
    throw new Error(`${path}: ${what}`, { cause: error });
  });
  const session = await InferenceSession.create(model).catch((error: Error) => {
    throw new Error(`${path}: is no model that ONNX Runtime can run: ${error.message.split("\n")[0]}`, {
      cause: error,
    });
  });

  const input = onlyTensor(path, "input", session.inputMetadata);
  const output = onlyTensor(path, "output", session.outputMetadata);
  const imageShape = input.shape.slice(1).map(Number);
  if (typeof input.shape[0] === "number" && input.shape[0] > 0) {
    throw new Error(`${path}: the model takes batches of ${input.shape[0]} only, expected a free batch size`);
  }
  if (imageShape.reduce((product, length) => product * length, 1) !== dimension) {
    throw new Error(
      `${path}: the model takes inputs of ${imageShape.join(" × ")}, expected ${dimension} values`,
    );
  }
  const classCount = Number(output.shape[1]);
  if (output.shape.length !== 2 || !(classCount >= 2)) {
    throw new Error(`${path}: the output has shape [${output.shape.join(", ")}], expected [batch, classes]`);
  }

  return {
    dimension,
    classCount,
    identity: {
      file: basename(path),
      sha256: createHash("sha256").update(model).digest("hex"),
      runtime: "onnxruntime-node",
      provider: "cpu",
    },
    async classify(batch: Float32Array): Promise<Uint16Array> {
      const count = batch.length / dimension;
      if (!Number.isInteger(count)) {
        throw new RangeError(`a batch must hold a multiple of ${dimension} values, got ${batch.length}`);
      }
      const feeds = { [input.name]: new Tensor("float32", batch, [count, ...imageShape]) };
      const scores = (await session.run(feeds))[output.name].data as Float32Array;
      return largestScores(scores, count, classCount);
    },
  };
}

/**
 * The class with the largest score, for each input of a batch; the first of equals.
 *
 * @throws Error if a score is NaN: no class could be said to be the largest
 */
export function largestScores(scores: Float32Array, count: number, classCount: number): Uint16Array {
  const classes = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const start = i * classCount;
    let best = 0;
    for (let c = 0; c < classCount; c++) {
      const score = scores[start + c];
      if (Number.isNaN(score)) throw new Error(`the base classifier gave the score NaN to class ${c}`);
      if (score > scores[start + best]) best = c;
    }
    classes[i] = best;
  }
  return classes;
}

function onlyTensor(
  path: string,
  what: "input" | "output",
  metadata: readonly InferenceSession.ValueMetadata[],
): InferenceSession.TensorValueMetadata {
  const [value] = metadata;
  if (metadata.length !== 1) {
    throw new Error(`${path}: the model has ${metadata.length} ${what}s, expected one`);
  }
  if (!value.isTensor || value.type !== "float32") {
    throw new Error(`${path}: the ${what} is ${value.isTensor ? value.type : "no tensor"}, expected float32`);
  }
  return value;
}
