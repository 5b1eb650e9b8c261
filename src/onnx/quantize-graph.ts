import { standardNode, type GraphMessage, type NodeMessage, type TensorMessage } from "./onnx-file";
import { floatValues, tensor } from "./onnx-tensor";
import { isRectifier, LARGEST_WEIGHT, type QuantizationPlan, type WeightedLayer } from "./quantization-plan";

/** The smallest and the largest value of a tensor. */
export interface Range {
  low: number;
  high: number;
}

/** How 8 bits stand for numbers: q for scale · (q − zeroPoint). */
interface Scale {
  scale: number;
  zeroPoint: number;
}

/** A quantised bias is below this size, which leaves room for the products that are added to it. */
const LARGEST_BIAS = 2 ** 29;

/**
 * Changes a graph so that what the plan names is computed in integers: each tensor is rounded to 8 bits
 * (QuantizeLinear) and read back (DequantizeLinear), each weight is held in 8 bits with a scale for every output
 * channel, each bias in 32 bits. ONNX Runtime recognises this form and computes with the integers themselves.
 *
 * @param ranges - of each tensor that is a range of the plan
 * @throws Error if a weight or bias is not finite
 */
export function quantizeGraph(
  graph: GraphMessage,
  { layers, rangeOf }: QuantizationPlan,
  ranges: ReadonlyMap<string, Range>,
): void {
  const constants = new Map(graph.initializer.map((constant) => [constant.name, constant]));
  const nodes: NodeMessage[] = [];
  const added: TensorMessage[] = [];
  /** The scale of each quantised tensor, and the name of the tensor as read back. */
  const scales = new Map<string, Scale>();
  const readBack = new Map<string, string>();

  function add(opType: string, input: string[], output: string, axis?: number): string {
    nodes.push(standardNode(opType, input, output, axis === undefined ? {} : { axis }));
    return output;
  }
  function constant(...arguments_: Parameters<typeof tensor>): string {
    added.push(tensor(...arguments_));
    return arguments_[0];
  }
  function quantizeTensor(name: string): void {
    const { scale, zeroPoint } = scaleOf(ranges.get(rangeOf.get(name)!)!);
    const parameters = [
      constant(`${name}/scale`, [], Float32Array.of(scale)),
      constant(`${name}/zero_point`, [], Uint8Array.of(zeroPoint)),
    ];
    const quantized = add("QuantizeLinear", [name, ...parameters], `${name}/quantized`);
    readBack.set(name, add("DequantizeLinear", [quantized, ...parameters], `${name}/read_back`));
    scales.set(name, { scale, zeroPoint });
  }
  function quantizeLayer(node: NodeMessage, { weight, bias, channelAxis }: WeightedLayer): string[] {
    const name = node.output[0];
    const inputScale = scales.get(node.input[0])!.scale;
    const biases = bias && floatValues(bias);
    const { values, channelScales } = quantizeWeight(weight, channelAxis, inputScale, biases);
    const channels = channelScales.length;
    const weightInput = add(
      "DequantizeLinear",
      [
        constant(`${name}/weight`, weight.dims.map(Number), values),
        constant(`${name}/weight_scale`, [channels], channelScales),
        constant(`${name}/weight_zero_point`, [channels], new Int8Array(channels)),
      ],
      `${name}/weight_read_back`,
      channelAxis,
    );
    if (!biases) return [readBack.get(node.input[0])!, weightInput];
    const biasScales = channelScales.map((scale) => inputScale * scale);
    const biasInput = add(
      "DequantizeLinear",
      [
        constant(
          `${name}/bias`,
          [channels],
          Int32Array.from(biases, (value, c) => Math.round(value / biasScales[c])),
        ),
        constant(`${name}/bias_scale`, [channels], biasScales),
      ],
      `${name}/bias_read_back`,
      0,
    );
    return [readBack.get(node.input[0])!, weightInput, biasInput];
  }

  for (const { name } of graph.input) if (rangeOf.has(name)) quantizeTensor(name);
  for (const node of graph.node) {
    const [input] = node.input;
    const [output] = node.output;
    const range = rangeOf.get(output);
    if (range !== undefined && range === rangeOf.get(input) && isRectifier(node, constants)) {
      // The input is cut off at 0 already, being held in 8 bits that start there.
      readBack.set(output, readBack.get(input)!);
      scales.set(output, scales.get(input)!);
      continue;
    }
    const layer = layers.get(node);
    node.input = layer ? quantizeLayer(node, layer) : node.input.map((name) => readBack.get(name) ?? name);
    nodes.push(node);
    if (range !== undefined) quantizeTensor(output);
  }

  const used = new Set(nodes.flatMap((node) => node.input));
  graph.node = nodes;
  graph.initializer = [...graph.initializer, ...added].filter(({ name }) => used.has(name));
  graph.valueInfo = [];
}

/** The finest scale that reaches from the lower to the upper end of a range, and has a number for 0. */
function scaleOf({ low, high }: Range): Scale {
  const bottom = Math.min(low, 0);
  const scale = Math.fround((Math.max(high, 0) - bottom) / 255) || 1; // 1 if there is nothing but 0
  return { scale, zeroPoint: Math.round(-bottom / scale) };
}

/**
 * Rounds a weight to integers of seven bits and a sign, with a scale for each output channel: its largest value over
 * {@link LARGEST_WEIGHT}, or more where the bias of the channel would not fit otherwise.
 */
function quantizeWeight(
  weight: TensorMessage,
  channelAxis: number,
  inputScale: number,
  biases?: Float32Array,
): { values: Int8Array; channelScales: Float32Array } {
  const values = floatValues(weight);
  const channels = Number(weight.dims[channelAxis]);
  const inner = channelAxis === 0 ? values.length / channels : 1;
  const channelOf = (i: number): number => Math.floor(i / inner) % channels;

  const largest = new Float32Array(channels);
  values.forEach((value, i) => {
    const c = channelOf(i);
    largest[c] = Math.max(largest[c], Math.abs(value));
  });
  if (![...largest, ...(biases ?? [])].every(Number.isFinite)) {
    throw new Error(`the weight ${weight.name} or its bias has a value that is not finite`);
  }
  const channelScales = largest.map((value, c) => {
    const leastForBias = biases ? Math.abs(biases[c]) / (inputScale * LARGEST_BIAS) : 0;
    return Math.max(value / LARGEST_WEIGHT, leastForBias) || 1; // 1 if all weights are 0
  });
  return {
    values: Int8Array.from(values, (value, i) => Math.round(value / channelScales[channelOf(i)])),
    channelScales,
  };
}
