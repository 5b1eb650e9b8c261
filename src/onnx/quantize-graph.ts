import { standardNode, type GraphMessage, type NodeMessage, type TensorMessage } from "./onnx-file";
import { floatValues, tensor } from "./onnx-tensor";
import { isRectifier, LARGEST_WEIGHT, type QuantizationPlan, type WeightedLayer } from "./quantization-plan";

/** The smallest and the largest value of a tensor. */
export interface Range {
  low: number;
  high: number;
}

/** The scale with which 8 bits represent numbers: the integer q stands for scale · (q − zeroPoint). */
interface Scale {
  scale: number;
  zeroPoint: number;
}

/**
 * The bound on the absolute value of a quantized bias. The bound leaves room for the products that are added to
 * the bias.
 */
const LARGEST_BIAS = 2 ** 29;

/**
 * Changes a graph so that the parts that a plan names are computed in integers. Each tensor is rounded to 8
 * bits (QuantizeLinear) and converted back (DequantizeLinear). Each weight is stored in 8 bits with one scale
 * per output channel, and each bias in 32 bits. ONNX Runtime recognizes this form and computes directly with
 * the integers.
 *
 * @param ranges - the smallest and largest value of each tensor whose range the plan uses
 * @throws Error if a weight or bias is not finite
 */
export function quantizeGraph(
  graph: GraphMessage,
  { layers, rangeOf }: QuantizationPlan,
  ranges: ReadonlyMap<string, Range>,
): void {
  const constants = new Map(graph.initializer.map((constant) => [constant.name, constant]));
  const writer = new QuantizedWriter();
  const quantize = (name: string): void => {
    const range = rangeOf.get(name);
    if (range !== undefined) writer.quantizeTensor(name, scaleOf(ranges.get(range)!));
  };
  for (const { name } of graph.input) quantize(name);
  for (const node of graph.node) {
    const [input] = node.input;
    const [output] = node.output;
    const range = rangeOf.get(output);
    if (range !== undefined && range === rangeOf.get(input) && isRectifier(node, constants)) {
      // The input is already clamped at 0, because its 8-bit range starts at 0.
      writer.alias(output, input);
      continue;
    }
    const layer = layers.get(node);
    node.input = layer ? writer.layerInputs(node, layer) : writer.inputsOf(node);
    writer.write(node);
    for (const name of node.output) quantize(name);
  }

  const { nodes, added } = writer;
  const used = new Set(nodes.flatMap((node) => node.input));
  graph.node = nodes;
  graph.initializer = [...graph.initializer, ...added].filter(({ name }) => used.has(name));
  graph.valueInfo = [];
}

/** A writer for a graph in which some tensors are stored in 8 bits. */
class QuantizedWriter {
  readonly nodes: NodeMessage[] = [];
  /** The constants that the nodes need in addition to the graph's own constants. */
  readonly added: TensorMessage[] = [];
  /** The scale of each quantized tensor, and the name of the tensor that is converted back. */
  private readonly quantized = new Map<string, { scale: number; readBack: string }>();

  write(node: NodeMessage): void {
    this.nodes.push(node);
  }

  /** Rounds a tensor to 8 bits and converts it back, for all nodes written from now on. */
  quantizeTensor(name: string, { scale, zeroPoint }: Scale): void {
    const parameters = [
      this.constant(`${name}/scale`, [], Float32Array.of(scale)),
      this.constant(`${name}/zero_point`, [], Uint8Array.of(zeroPoint)),
    ];
    const rounded = this.add("QuantizeLinear", [name, ...parameters], `${name}/quantized`);
    const readBack = this.add("DequantizeLinear", [rounded, ...parameters], `${name}/read_back`);
    this.quantized.set(name, { scale, readBack });
  }

  /** Replaces a tensor with another tensor, which is quantized. */
  alias(name: string, other: string): void {
    this.quantized.set(name, this.quantized.get(other)!);
  }

  /**
   * Returns the inputs of an operator, with each quantized tensor replaced by the tensor that is converted
   * back.
   */
  inputsOf({ input }: NodeMessage): string[] {
    return input.map((name) => this.quantized.get(name)?.readBack ?? name);
  }

  /**
   * Returns the inputs of a convolution or dense layer: its input, weight and bias, each converted back from
   * integers.
   */
  layerInputs(node: NodeMessage, { weight, bias, channelAxis }: WeightedLayer): string[] {
    const name = node.output[0];
    const { scale: inputScale, readBack } = this.quantized.get(node.input[0])!;
    const biases = bias && floatValues(bias);
    const { values, channelScales } = quantizeWeight(weight, channelAxis, inputScale, biases);
    const channels = channelScales.length;
    const weightInput = this.add(
      "DequantizeLinear",
      [
        this.constant(`${name}/weight`, weight.dims.map(Number), values),
        this.constant(`${name}/weight_scale`, [channels], channelScales),
        this.constant(`${name}/weight_zero_point`, [channels], new Int8Array(channels)),
      ],
      `${name}/weight_read_back`,
      channelAxis,
    );
    if (!biases) return [readBack, weightInput];
    const scales = channelScales.map((scale) => inputScale * scale);
    const rounded = Int32Array.from(biases, (value, c) => Math.round(value / scales[c]));
    const biasInput = this.add(
      "DequantizeLinear",
      [
        this.constant(`${name}/bias`, [channels], rounded),
        this.constant(`${name}/bias_scale`, [channels], scales),
      ],
      `${name}/bias_read_back`,
      0,
    );
    return [readBack, weightInput, biasInput];
  }

  private add(opType: string, input: string[], output: string, axis?: number): string {
    this.nodes.push(standardNode(opType, input, output, axis === undefined ? {} : { axis }));
    return output;
  }

  private constant(...tensorArguments: Parameters<typeof tensor>): string {
    this.added.push(tensor(...tensorArguments));
    return tensorArguments[0];
  }
}

/** Returns the finest scale that covers a range and represents 0 exactly. */
function scaleOf({ low, high }: Range): Scale {
  const bottom = Math.min(low, 0);
  const scale = Math.fround((Math.max(high, 0) - bottom) / 255) || 1; // 1 if all values are 0
  return { scale, zeroPoint: Math.round(-bottom / scale) };
}

/**
 * Rounds a weight to integers of seven bits plus sign. The scale of an output channel is its largest absolute
 * value divided by {@link LARGEST_WEIGHT}, or larger if the channel's bias would not fit otherwise.
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
    throw new Error(`the weight ${weight.name} and its bias must be finite, got a value that is not`);
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
