/*
 * The two networks of the inference benchmarks, as float ONNX files, and images for them. The weights are
 * random (He-normal, always the same), because speed does not depend on them.
 */
import type { ImageDataset, ImageShape } from "../src/datasets/image-dataset";
import { encodeOnnx, type OnnxGraph } from "../src/onnx/onnx-format";
import { fillStandardNormal } from "../src/noise/gaussian-noise";

type Attributes = Record<string, number | number[]>;

/** A graph under construction. Each call adds one layer and returns the name of its output. */
class Network {
  private readonly graph: OnnxGraph;

  constructor(name: string, imageShape: number[]) {
    this.graph = {
      name,
      inputs: [{ name: "image", shape: ["batch", ...imageShape] }],
      output: { name: "scores", shape: ["batch", 10] },
      nodes: [],
      weights: [],
    };
  }

  apply(operator: string, inputs: string[], attributes: Attributes = {}): string {
    const output = `${operator.toLowerCase()}_${this.graph.nodes.length}`;
    this.graph.nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  /** A convolution that keeps height and width, or divides them by the stride. */
  convolution(input: string, from: number, to: number, kernel: number, stride = 1): string {
    const pad = (kernel - 1) / 2;
    return this.apply("Conv", [input, this.weight([to, from, kernel, kernel]), this.bias(to)], {
      kernel_shape: [kernel, kernel],
      pads: [pad, pad, pad, pad],
      strides: [stride, stride],
    });
  }

  relu(input: string): string {
    return this.apply("Relu", [input]);
  }

  maxPool(input: string): string {
    return this.apply("MaxPool", [input], { kernel_shape: [2, 2], strides: [2, 2] });
  }

  dense(input: string, from: number, to: number): string {
    return this.apply("Gemm", [input, this.weight([to, from]), this.bias(to)], { transB: 1 });
  }

  /** The network as an ONNX file; its last layer gives the scores. */
  encode(): Uint8Array {
    this.graph.nodes[this.graph.nodes.length - 1].output = this.graph.output.name;
    return encodeOnnx(this.graph);
  }

  /** He-normal: variance 2 / (inputs of one output). */
  private weight(shape: number[]): string {
    const inputs = shape.slice(1).reduce((product, length) => product * length, 1);
    const values = new Float32Array(shape[0] * inputs);
    fillStandardNormal(values, 0, this.graph.weights.length, 0);
    const deviation = Math.sqrt(2 / inputs);
    return this.constant(
      shape,
      values.map((value) => value * deviation),
    );
  }

  private bias(length: number): string {
    return this.constant([length], new Float32Array(length));
  }

  private constant(shape: number[], values: Float32Array): string {
    const name = `weight_${this.graph.weights.length}`;
    this.graph.weights.push({ name, shape, values });
    return name;
  }
}

/**
 * A network of LeNet's size for MNIST: 1 × 28 × 28, two convolutions of 5 × 5 (32, 64), dense layers of 512
 * and 10.
 */
export function lenet(): Uint8Array {
  const network = new Network("lenet", [1, 28, 28]);
  let value = network.maxPool(network.relu(network.convolution("image", 1, 32, 5)));
  value = network.maxPool(network.relu(network.convolution(value, 32, 64, 5)));
  value = network.relu(network.dense(network.apply("Flatten", [value]), 64 * 7 * 7, 512));
  network.dense(value, 512, 10);
  return network.encode();
}

/**
 * A network of ResNet-20's size for CIFAR-10: 3 × 32 × 32, three stages of three blocks with 16, 32 and 64
 * channels, 1 × 1 convolutions where the size changes; batch normalization is folded into the convolutions.
 */
export function resnet20(): Uint8Array {
  const network = new Network("resnet20", [3, 32, 32]);
  let channels = 16;
  let value = network.relu(network.convolution("image", 3, channels, 3));
  for (const [stage, width] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const first = network.relu(network.convolution(value, channels, width, 3, stride));
      const second = network.convolution(first, width, width, 3);
      const shortcut = stride === 1 ? value : network.convolution(value, channels, width, 1, stride);
      value = network.relu(network.apply("Add", [second, shortcut]));
      channels = width;
    }
  }
  network.dense(network.apply("Flatten", [network.apply("GlobalAveragePool", [value])]), channels, 10);
  return network.encode();
}

/** Images with random pixels (always the same), because speed does not depend on them. */
export function randomImages(shape: ImageShape, count: number): ImageDataset {
  const dimension = shape.channels * shape.height * shape.width;
  const pixels = Uint8Array.from({ length: count * dimension }, (_, i) => (i * 2654435761) >>> 24);
  const classNames = Array.from({ length: 10 }, (_, c) => String(c));
  const rest = { labels: new Uint8Array(count), classNames, checksums: {} };
  return { name: "random", split: "test", ...shape, count, dimension, pixels, ...rest };
}
