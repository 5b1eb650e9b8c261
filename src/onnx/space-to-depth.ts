import { standardNode, type GraphMessage, type NodeMessage, type TensorMessage } from "./onnx-file";
import { ELEMENT_TYPES, floatValues, tensor } from "./onnx-tensor";
import { isRectifier } from "./quantization-plan";

/** The pixels of a 2 × 2 block, in the order of the channels that represent them. */
const PIXELS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/**
 * Rewrites the first convolution on gray images to work on blocks of 2 × 2 pixels, if a maximum over such
 * blocks follows.
 *
 * With a single channel, an integer convolution gathers the pixels under its filter one by one, and this takes
 * longer than the multiplications. The rewritten graph uses the four pixels of a block as channels (space to
 * depth). A convolution at a quarter of the positions then computes all four outputs of a block, as channels,
 * from the same products and some additional products with zero. The maximum over the block becomes a maximum
 * over four channels. The output values do not change.
 *
 * The rewritten pattern is Conv (one input channel, square filter of odd size, "same" padding, stride 1) →
 * optional ReLU → MaxPool (2 × 2, stride 2), on images of even height and width. Any other graph is left
 * unchanged.
 *
 * @param shape - the shape of the images that the graph takes
 */
export function spaceToDepth(
  graph: GraphMessage,
  shape: { channels: number; height: number; width: number },
): void {
  const constants = new Map(graph.initializer.map((constant) => [constant.name, constant]));
  const found = findPooledConvolution(graph, constants);
  if (!found || shape.channels !== 1 || shape.height % 2 !== 0 || shape.width % 2 !== 0) return;
  const { convolution, pool } = found;
  const added: TensorMessage[] = [];
  const onBlocks = convolutionOnBlocks(found, shape, added);
  const overBlocks = maximumOverBlocks(found, shape, added);
  graph.node = graph.node.flatMap((node) => {
    if (node === convolution) return onBlocks;
    return node === pool ? overBlocks : [node];
  });
  graph.initializer = [...graph.initializer, ...added];
}

// ONNX Runtime computes integer convolutions with channels last, so these transpositions cancel out.
const CHANNELS_LAST = [0, 2, 3, 1];
const CHANNELS_FIRST = [0, 3, 1, 2];

/** Makes the convolution on blocks of pixels, with the four outputs of a block as channels. */
function convolutionOnBlocks(
  { convolution, weight, bias }: PooledConvolution,
  { height, width }: { height: number; width: number },
  added: TensorMessage[],
): NodeMessage[] {
  const name = convolution.output[0];
  const filters = Number(weight.dims[0]);
  const { taps, reach } = blockTaps(weight);
  const kernelSize = 2 * reach + 1;
  added.push(tensor(`${name}/block_weight`, [4 * filters, 4, kernelSize, kernelSize], taps));
  const parameters = [`${name}/block_weight`];
  if (bias) {
    const biases = Float32Array.from(PIXELS.flatMap(() => [...bias]));
    added.push(tensor(`${name}/block_bias`, [4 * filters], biases));
    parameters.push(`${name}/block_bias`);
  }
  const [rows, columns] = [height / 2, width / 2];
  return [
    reshape(convolution.input[0], `${name}/pairs`, [-1, rows, 2, columns, 2], added),
    transpose(`${name}/pairs`, `${name}/block_pixels`, [0, 1, 3, 2, 4]),
    reshape(`${name}/block_pixels`, `${name}/blocks_last`, [-1, rows, columns, 4], added),
    transpose(`${name}/blocks_last`, `${name}/blocks`, CHANNELS_FIRST),
    standardNode("Conv", [`${name}/blocks`, ...parameters], name, {
      kernel_shape: [kernelSize, kernelSize],
      pads: [reach, reach, reach, reach],
    }),
  ];
}

/** Makes the maximum over each block, computed over four channels. */
function maximumOverBlocks(
  { convolution, pool, weight }: PooledConvolution,
  { height, width }: { height: number; width: number },
  added: TensorMessage[],
): NodeMessage[] {
  const name = convolution.output[0];
  const filters = Number(weight.dims[0]);
  const [rows, columns] = [height / 2, width / 2];
  return [
    transpose(pool.input[0], `${name}/outputs_last`, CHANNELS_LAST),
    reshape(`${name}/outputs_last`, `${name}/of_block_last`, [-1, rows * columns, 4, filters], added),
    transpose(`${name}/of_block_last`, `${name}/of_block`, CHANNELS_FIRST),
    standardNode("MaxPool", [`${name}/of_block`], `${name}/largest`, {
      kernel_shape: [1, 4],
      strides: [1, 4],
    }),
    transpose(`${name}/largest`, `${name}/largest_last`, CHANNELS_LAST),
    reshape(`${name}/largest_last`, `${name}/pooled_last`, [-1, rows, columns, filters], added),
    transpose(`${name}/pooled_last`, pool.output[0], CHANNELS_FIRST),
  ];
}

function reshape(input: string, output: string, lengths: number[], added: TensorMessage[]): NodeMessage {
  const shapeName = `${output}/shape`;
  added.push(tensor(shapeName, [lengths.length], BigInt64Array.from(lengths, BigInt)));
  return standardNode("Reshape", [input, shapeName], output);
}

function transpose(input: string, output: string, perm: number[]): NodeMessage {
  return standardNode("Transpose", [input], output, { perm });
}

interface PooledConvolution {
  convolution: NodeMessage;
  pool: NodeMessage;
  weight: TensorMessage;
  bias?: Float32Array;
}

function findPooledConvolution(
  graph: GraphMessage,
  constants: ReadonlyMap<string, TensorMessage>,
): PooledConvolution | undefined {
  const outputs = new Set(graph.output.map(({ name }) => name));
  /** Returns the operator that takes a node's output, if there is exactly one. */
  const follower = (node: NodeMessage): NodeMessage | undefined => {
    const takers = graph.node.filter(({ input }) => input.includes(node.output[0]));
    return takers.length === 1 && !outputs.has(node.output[0]) ? takers[0] : undefined;
  };
  const convolution = graph.node.find(
    ({ opType, input }) => opType === "Conv" && graph.input.some(({ name }) => name === input[0]),
  );
  const weight = convolution && constants.get(convolution.input[1]);
  if (!convolution || weight?.dataType !== ELEMENT_TYPES.float32) return undefined;
  const [, channels, height, width] = weight.dims.map(Number);
  const pad = (height - 1) / 2;
  const fits =
    weight.dims.length === 4 &&
    channels === 1 &&
    height === width &&
    Number.isInteger(pad) &&
    has(convolution, "pads", [pad, pad, pad, pad], [0, 0, 0, 0]) &&
    has(convolution, "strides", [1, 1], [1, 1]) &&
    has(convolution, "dilations", [1, 1], [1, 1]);
  const next = follower(convolution);
  const pool = next && isRectifier(next, constants) ? follower(next) : next;
  const isPooled =
    pool?.opType === "MaxPool" &&
    pool.output.length === 1 &&
    has(pool, "kernel_shape", [2, 2], []) &&
    has(pool, "strides", [2, 2], [1, 1]) &&
    has(pool, "pads", [0, 0, 0, 0], [0, 0, 0, 0]) &&
    has(pool, "dilations", [1, 1], [1, 1]);
  if (!fits || !isPooled) return undefined;
  const biasName = convolution.input[2];
  if (!biasName) return { convolution, pool, weight };
  const bias = constants.get(biasName);
  return bias && { convolution, pool, weight, bias: floatValues(bias) };
}

/**
 * Rewrites the filters for blocks. For each output pixel (p, q) of a block and each filter, in this order, the
 * result holds the filter's taps on the pixels (a, b) of the blocks up to `reach` away. Tap y is in block u
 * with y − pad = 2u + a − p, and the same holds for x.
 */
function blockTaps(weight: TensorMessage): { taps: Float32Array; reach: number } {
  const [filters, , kernel] = weight.dims.map(Number);
  const values = floatValues(weight);
  const pad = (kernel - 1) / 2;
  const reach = Math.floor((pad + 1) / 2);
  const isTap = (y: number): boolean => y >= 0 && y < kernel;
  const taps: number[] = [];
  for (const [p, q] of PIXELS) {
    for (let filter = 0; filter < filters; filter++) {
      for (const [a, b] of PIXELS) {
        for (let u = -reach; u <= reach; u++) {
          for (let v = -reach; v <= reach; v++) {
            const [y, x] = [2 * u + a - p + pad, 2 * v + b - q + pad];
            taps.push(isTap(y) && isTap(x) ? values[(filter * kernel + y) * kernel + x] : 0);
          }
        }
      }
    }
  }
  return { taps: Float32Array.from(taps), reach };
}

/**
 * Returns whether a node's attribute equals a list of integers; `otherwise` is the default value of the
 * attribute.
 */
function has(node: NodeMessage, name: string, values: number[], otherwise: number[]): boolean {
  const given = node.attribute.find((one) => one.name === name)?.ints?.map(Number) ?? otherwise;
  return given.length === values.length && given.every((value, i) => value === values[i]);
}
