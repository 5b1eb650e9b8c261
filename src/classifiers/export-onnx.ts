import type { Sequential } from "@tensorflow/tfjs";
import { encodeOnnx, type OnnxGraph } from "../onnx/onnx-format";
import type { ImageShape } from "./architectures";

/**
 * Translates a trained network into an ONNX file: images in as [batch, channels, height, width] (the order of the
 * data sets), class scores out.
 *
 * @param network - made of convolutions ("same" padding, stride 1), max pooling, flatten and dense layers
 * @throws Error naming a layer that it cannot translate
 */
export async function exportOnnx(
  network: Sequential,
  { channels, height, width }: ImageShape,
): Promise<Uint8Array> {
  const classCount = network.outputs[0].shape[1] as number;
  const graph: OnnxGraph = {
    name: "classifier",
    inputs: [{ name: "image", shape: ["batch", channels, height, width] }],
    output: { name: "scores", shape: ["batch", classCount] },
    nodes: [],
    weights: [],
  };
  let value = graph.inputs[0].name;

  function apply(
    operator: string,
    weights: string[] = [],
    attributes: Record<string, number | number[]> = {},
  ): void {
    const output = `${operator.toLowerCase()}_${graph.nodes.length}`;
    graph.nodes.push({ operator, inputs: [value, ...weights], output, attributes });
    value = output;
  }
  async function weight(tensor: import("@tensorflow/tfjs").Tensor, order?: number[]): Promise<string> {
    const arranged = order ? tensor.transpose(order) : tensor;
    const name = `weight_${graph.weights.length}`;
    graph.weights.push({ name, shape: arranged.shape, values: (await arranged.data()) as Float32Array });
    if (order) arranged.dispose();
    return name;
  }

  for (const layer of network.layers) {
    const kind = layer.getClassName();
    const options = layer.getConfig();
    if (kind === "Conv2D" && options.padding === "same" && String(options.strides) === "1,1") {
      const [kernel, bias] = layer.getWeights();
      // TensorFlow keeps [height, width, in, out] and ONNX takes [out, in, height, width].
      const names = [await weight(kernel, [3, 2, 0, 1]), await weight(bias)];
      const before = [0, 1].map((axis) => Math.floor((kernel.shape[axis] - 1) / 2));
      const after = [0, 1].map((axis) => Math.ceil((kernel.shape[axis] - 1) / 2));
      apply("Conv", names, { pads: [...before, ...after] });
    } else if (kind === "MaxPooling2D" && options.padding === "valid") {
      apply("MaxPool", [], {
        kernel_shape: options.poolSize as number[],
        strides: options.strides as number[],
      });
    } else if (kind === "Flatten") {
      apply("Transpose", [], { perm: [0, 2, 3, 1] }); // the dense layer after it expects NHWC order
      apply("Flatten");
    } else if (kind === "Dense") {
      const [kernel, bias] = layer.getWeights();
      apply("Gemm", [await weight(kernel), await weight(bias)]);
    } else {
      throw new Error(`layer ${layer.name} (${kind}) has no translation to ONNX here`);
    }
    if (options.activation === "relu") apply("Relu");
    else if (options.activation !== undefined && options.activation !== "linear") {
      throw new Error(
        `layer ${layer.name}: activation ${options.activation} has no translation to ONNX here`,
      );
    }
  }
  graph.nodes[graph.nodes.length - 1].output = graph.output.name;
  return encodeOnnx(graph);
}
