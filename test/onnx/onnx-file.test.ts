import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "../../src/onnx/onnx-format";
import { decodeModel, encodeModel } from "../../src/onnx/onnx-file";
import { floatValues, tensor } from "../../src/onnx/onnx-tensor";

const own = encodeOnnx({
  name: "own",
  inputs: [{ name: "x", shape: ["batch", 2] }],
  output: { name: "y", shape: ["batch", 3] },
  nodes: [{ operator: "Gemm", inputs: ["x", "w"], output: "y", attributes: { transB: 1 } }],
  weights: [{ name: "w", shape: [3, 2], values: Float32Array.of(1, -2, 3e-40, 4, NaN, Infinity) }],
});

function fixture(name: string): Uint8Array {
  return readFileSync(join(__dirname, name));
}

async function scores(model: Uint8Array): Promise<Float32Array> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 4 });
  const images = Float32Array.from({ length: 3 * 784 }, (_, i) => Math.sin(i));
  const outputs = await session.run({ image: new Tensor("float32", images, [3, 1, 28, 28]) });
  return outputs.scores.data as Float32Array;
}

describe("an ONNX file", () => {
  it("has the same bytes after decoding and encoding", () => {
    expect(Buffer.from(encodeModel(decodeModel(own))).equals(own)).toBe(true);
    const [node] = decodeModel(own).graph.node;
    expect([node.opType, node.input, node.output, Number(node.attribute[0].i)]).toEqual([
      "Gemm",
      ["x", "w"],
      ["y"],
      1,
    ]);
  });

  it.each(["torchscript.onnx", "dynamo.onnx"])(
    "computes the same after decoding and encoding, with fields that are not read here: %s",
    async (name) => {
      const file = fixture(name);
      expect(await scores(encodeModel(decodeModel(file)))).toEqual(await scores(file));
    },
  );

  it("keeps every bit of a weight", () => {
    const [weight] = decodeModel(own).graph.initializer;
    expect(weight.dims.map(Number)).toEqual([3, 2]);
    const expected = Float32Array.of(1, -2, 3e-40, 4, NaN, Infinity);
    expect(floatValues(weight)).toEqual(expected);
    expect(floatValues({ ...weight, rawData: new Uint8Array(), floatData: Array.from(expected) })).toEqual(
      expected,
    );
    fc.assert(
      fc.property(fc.float32Array(), (values) => {
        expect(floatValues(tensor("w", [values.length], values))).toEqual(values);
      }),
    );
  });

  it("is refused if it is cut off, not ONNX, or has a weight of another size", () => {
    for (const file of [own, fixture("dynamo.onnx")]) {
      for (const share of [0, 0.01, 0.3, 0.7, 0.99]) {
        expect(() => decodeModel(file.subarray(0, file.length * share))).toThrow(/^is not an ONNX model: /);
      }
    }
    expect(() => decodeModel(Buffer.from("no model"))).toThrow(/^is not an ONNX model: /);
    expect(() => decodeModel(new Uint8Array(1000))).toThrow(/^is not an ONNX model: /);
    expect(() => floatValues(tensor("w", [3, 3], new Float32Array(8)))).toThrow(
      "the weight w has 8 values, expected 9",
    );
  });
});
