import type { AttributeMessage, GraphMessage, NodeMessage, TensorMessage } from "./onnx-file";
import { ELEMENT_TYPES, floatValues } from "./onnx-tensor";

/**
 * The largest absolute value of a quantized weight. A CPU with AVX2 or AVX-512 but without VNNI adds two products, each
 * of an activation (0 to 255) and a weight, in 16 bits. With weights up to 64, such a sum is at most 2 · 255 · 64 =
 * 32,640, which just fits. With 8-bit weights these sums would saturate, and the class of an input would depend on the
 * CPU.
 */
export const LARGEST_WEIGHT = 64;

/**
 * The largest number of products of an activation and a weight whose sum is certain to fit in 32 bits if 2³⁰
 * is reserved for the bias.
 */
const LARGEST_SUM = Math.floor(2 ** 30 / (255 * LARGEST_WEIGHT));

/** Operators that only rearrange values. */
const ARRANGING = ["Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Identity"];

/** A convolution or dense layer that is computed in integers. */
export interface WeightedLayer {
  weight: TensorMessage;
  bias?: TensorMessage;
  /** The axis of the weight for output channels. */
  channelAxis: number;
}

/** The parts of a graph that are to be computed in integers. */
export interface QuantizationPlan {
  layers: Map<NodeMessage, WeightedLayer>;
  /** Maps each tensor that is stored in 8 bits to the tensor whose range it uses. */
  rangeOf: Map<string, string>;
}

/**
 * Chooses the parts of a graph that are computed in integers. These parts are:
 *
 * - layers with weights: each Conv, Gemm and MatMul whose weights are constants;
 * - additions and average pooling between two of these layers;
 * - maximum pooling and rearrangement between two of these layers, which need no arithmetic;
 * - ReLU and ReLU6 between two of these layers, which become the ends of the range of their input.
 *
 * Everything else stays in floating point, including the scores, which are the output of the last layer. If the
 * last layer is a convolution, the whole layer stays in floating point.
 *
 * The tensors along a chain of maximum pooling, rearrangement and ReLU share one range: the range at the end of
 * the chain. Sharing the range changes no result, because clamping values to a range and taking a maximum
 * commute.
 */
export function planQuantization(graph: GraphMessage): QuantizationPlan {
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const consumers = new Map<string, NodeMessage[]>();
  for (const node of graph.node) {
    if (isStandard(node, "Shape")) continue; // a Shape reads no values
    for (const name of new Set(node.input)) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  }
  const outputs = new Set(graph.output.map(({ name }) => name));

  /**
   * Lists a tensor and the tensors that follow from it through operators without arithmetic, as long as each
   * tensor has a single consumer.
   */
  function chain(tensor: string): string[] {
    const names = [tensor];
    for (let last = tensor; !outputs.has(last); names.push(last)) {
      const [next, ...others] = consumers.get(last) ?? [];
      if (!next || others.length > 0 || !passesValues(next, constants) || next.input[0] !== last) break;
      last = next.output[0];
    }
    return names;
  }

  const layers = new Map<NodeMessage, WeightedLayer>();
  const rangeOf = new Map<string, string>();
  const quantize = (tensor: string): void => {
    const names = chain(tensor);
    for (const name of names) rangeOf.set(name, names[names.length - 1]);
  };
  /** The tensors from which a layer with weights can be reached. */
  const leadsToLayer = new Set<string>();

  for (const node of [...graph.node].reverse()) {
    const output = node.output[0];
    const layer = weightedLayer(node, constants);
    const leads = node.output.some((name) => leadsToLayer.has(name));
    if (layer || leads) for (const name of node.input) leadsToLayer.add(name);

    if (layer && (node.opType !== "Conv" || leads)) {
      layers.set(node, layer);
      if (node.opType === "Conv") quantize(output);
      quantize(node.input[0]);
    } else if (rangeOf.has(output)) {
      const variables = node.input.filter((name) => !constants.has(name));
      if (passesValues(node, constants)) {
        if (consumers.get(node.input[0])!.length === 1) quantize(node.input[0]);
      } else if (isStandard(node, "GlobalAveragePool", "AveragePool")) {
        quantize(node.input[0]);
      } else if (isStandard(node, "Add") && variables.length === 2) {
        for (const name of variables) quantize(name);
      }
    }
  }
  return { layers, rangeOf };
}

/**
 * Returns whether each output value of an operator is an input value, or an input value clamped to the range of
 * the output.
 */
function passesValues(node: NodeMessage, constants: ReadonlyMap<string, TensorMessage>): boolean {
  return isStandard(node, "MaxPool", ...ARRANGING) ? node.output.length === 1 : isRectifier(node, constants);
}

/** Returns whether an operator is ReLU, or Clip from 0 to a constant. */
export function isRectifier(node: NodeMessage, constants: ReadonlyMap<string, TensorMessage>): boolean {
  if (isStandard(node, "Relu")) return true;
  const [, low, high] = node.input;
  const least = constants.get(low);
  return (
    isStandard(node, "Clip") &&
    (!high || constants.has(high)) &&
    least?.dataType === ELEMENT_TYPES.float32 &&
    floatValues(least)[0] === 0
  );
}

function isStandard(node: NodeMessage, ...operators: string[]): boolean {
  return (node.domain === "" || node.domain === "ai.onnx") && operators.includes(node.opType);
}

/** Returns the weights of an operator if the operator can be computed in integers; otherwise undefined. */
function weightedLayer(
  node: NodeMessage,
  constants: ReadonlyMap<string, TensorMessage>,
): WeightedLayer | undefined {
  if (!isStandard(node, "Conv", "Gemm", "MatMul")) return undefined;
  const weight = constants.get(node.input[1]);
  if (constants.has(node.input[0]) || weight?.dataType !== ELEMENT_TYPES.float32) return undefined;
  const shape = weight.dims.map(Number);
  const convolution = node.opType === "Conv";
  if (!convolution && shape.length !== 2) return undefined;
  const attribute = (name: string): AttributeMessage | undefined =>
    node.attribute.find((one) => one.name === name);
  if (node.opType === "Gemm") {
    const plain =
      (attribute("alpha")?.f ?? 1) === 1 &&
      (attribute("beta")?.f ?? 1) === 1 &&
      Number(attribute("transA")?.i ?? 0) === 0;
    if (!plain) return undefined;
  }
  const channelAxis = convolution || Number(attribute("transB")?.i ?? 0) === 1 ? 0 : 1;
  const channels = shape[channelAxis];
  const products = shape.reduce((product, length) => product * length, 1) / channels;
  if (products > LARGEST_SUM) return undefined;
  if (!node.input[2]) return { weight, channelAxis };
  const bias = constants.get(node.input[2]);
  if (bias?.dataType !== ELEMENT_TYPES.float32 || floatValues(bias).length !== channels) return undefined;
  return { weight, bias, channelAxis };
}
