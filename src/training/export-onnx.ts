import type { ImageShape } from "../datasets/image-dataset";
import { encodeOnnx, type OnnxGraph } from "../onnx/onnx-format";
import { architectureOf, type Operators } from "./architectures";
import { NORMALIZATION_EPSILON } from "./batch-normalization";
import { WeightKind, type WeightValues } from "./network";

/**
 * A value in the graph: its name, and the number of channels and the size for one image (1 × 1 after a dense
 * layer).
 */
interface GraphValue extends ImageShape {
  name: string;
  flat?: boolean;
}

/**
 * Translates a trained network into an ONNX file. The input is [batch, channels, height, width] (the order of
 * the data sets), and the output is the class scores. Batch normalization with the running statistics is
 * folded into the convolutions.
 *
 * @param architecture - a name in `ARCHITECTURES`
 * @throws Error listing the names if there is no such architecture
 */
export function exportOnnx(
  architecture: string,
  { channels, height, width }: ImageShape,
  classCount: number,
  weights: WeightValues,
): Uint8Array {
  const graph: OnnxGraph = {
    name: architecture,
    inputs: [{ name: "image", shape: ["batch", channels, height, width] }],
    output: { name: "scores", shape: ["batch", classCount] },
    nodes: [],
    weights: [],
  };
  architectureOf(architecture)(
    onnxOperators(graph, weights),
    { name: "image", channels, height, width },
    classCount,
  );
  graph.nodes[graph.nodes.length - 1].output = graph.output.name;
  return encodeOnnx(graph);
}

/** Operators that append nodes to a graph. */
// eslint-disable-next-line max-lines-per-function -- one operator after another
function onnxOperators(graph: OnnxGraph, weights: WeightValues): Operators<GraphValue> {
  let layers = 0;

  function node(
    operator: string,
    inputs: string[],
    attributes: Record<string, number | number[]> = {},
  ): string {
    const output = `${operator.toLowerCase()}_${graph.nodes.length}`;
    graph.nodes.push({ operator, inputs, output, attributes });
    return output;
  }
  function constant(shape: number[], values: Float32Array): string {
    const name = `weight_${graph.weights.length}`;
    graph.weights.push({ name, shape, values });
    return name;
  }
  function trained(layer: string, kind: keyof typeof WeightKind): Float32Array {
    return weights.get(`${layer}/${WeightKind[kind]}`)!.values;
  }

  return {
    center: (x) => ({ ...x, name: node("Sub", [x.name, constant([1], Float32Array.of(0.5))]) }),
    convolution: (x, { filters, kernel: size, stride = 1, normalized = false }) => {
      const layer = `convolution${layers++}`;
      // TensorFlow stores [height, width, in, out]; ONNX takes [out, in, height, width].
      const kernel = transposed(trained(layer, "kernel"), size * size, x.channels, filters);
      let bias: Float32Array;
      if (normalized) bias = foldNormalization(kernel, filters, (kind) => trained(layer, kind));
      else bias = trained(layer, "bias");
      const rows = samePadding(x.height, size, stride);
      const columns = samePadding(x.width, size, stride);
      const name = node(
        "Conv",
        [x.name, constant([filters, x.channels, size, size], kernel), constant([filters], bias)],
        {
          pads: [rows.before, columns.before, rows.after, columns.after],
          strides: [stride, stride],
        },
      );
      return { name, channels: filters, height: rows.output, width: columns.output };
    },
    relu: (x) => ({ ...x, name: node("Relu", [x.name]) }),
    add: (x, y) => ({ ...x, name: node("Add", [x.name, y.name]) }),
    maxPool: (x) => ({
      name: node("MaxPool", [x.name], { kernel_shape: [2, 2], strides: [2, 2] }),
      channels: x.channels,
      height: Math.floor(x.height / 2),
      width: Math.floor(x.width / 2),
    }),
    globalAveragePool: (x) => ({
      name: node("GlobalAveragePool", [x.name]),
      channels: x.channels,
      height: 1,
      width: 1,
    }),
    dense: (x, units) => {
      const layer = `dense${layers++}`;
      const pixels = x.height * x.width;
      // The rows of the kernel are in the order of TensorFlow's images, channels last.
      const kernel = rowsReordered(trained(layer, "kernel"), pixels, x.channels, units);
      const flat = x.flat ? x.name : node("Flatten", [x.name]);
      const names = [
        constant([pixels * x.channels, units], kernel),
        constant([units], trained(layer, "bias")),
      ];
      return { name: node("Gemm", [flat, ...names]), channels: units, height: 1, width: 1, flat: true };
    },
  };
}

/**
 * TensorFlow's padding to "same" size: if the number of added rows is odd, the extra row comes after the image.
 */
function samePadding(
  input: number,
  kernel: number,
  stride: number,
): { output: number; before: number; after: number } {
  const output = Math.ceil(input / stride);
  const total = Math.max((output - 1) * stride + kernel - input, 0);
  return { output, before: Math.floor(total / 2), after: Math.ceil(total / 2) };
}

/**
 * Multiplies each filter ([out, …] in place) by scale / √(variance + ε).
 *
 * @returns the bias that replaces the offset and mean of the normalization
 */
function foldNormalization(
  kernel: Float32Array,
  filters: number,
  trained: (kind: keyof typeof WeightKind) => Float32Array,
): Float32Array {
  const [scale, offset, mean, variance] = [
    trained("scale"),
    trained("offset"),
    trained("mean"),
    trained("variance"),
  ];
  const size = kernel.length / filters;
  return Float32Array.from({ length: filters }, (_, filter) => {
    const factor = scale[filter] / Math.sqrt(variance[filter] + NORMALIZATION_EPSILON);
    for (let i = filter * size; i < (filter + 1) * size; i++) kernel[i] *= factor;
    return offset[filter] - mean[filter] * factor;
  });
}

/** Reorders values from [pixels, in, out] to [out, in, pixels]. */
function transposed(values: Float32Array, pixels: number, channels: number, filters: number): Float32Array {
  const result = new Float32Array(values.length);
  let from = 0;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let filter = 0; filter < filters; filter++) {
        result[(filter * channels + channel) * pixels + pixel] = values[from++];
      }
    }
  }
  return result;
}

/** Reorders rows from [pixels, channels] to [channels, pixels]. */
function rowsReordered(values: Float32Array, pixels: number, channels: number, units: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const row = values.subarray(
        (pixel * channels + channel) * units,
        (pixel * channels + channel + 1) * units,
      );
      result.set(row, (channel * pixels + pixel) * units);
    }
  }
  return result;
}
