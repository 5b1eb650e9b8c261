/** A convolution: a stack of images in, a stack of images out. */
export interface Convolution {
  filters: number;
  /** Height and width of a filter. */
  kernel: number;
  /** Default: 1. */
  stride?: number;
  /** Batch normalization of what comes out instead of a bias. */
  normalized?: boolean;
}

/**
 * What networks are made of. An architecture is written once against these operators; TensorFlow.js computes with
 * them (`network.ts`), and the exporter transcribes them (`export-onnx.ts`).
 */
export interface Operators<Value> {
  /** x − ½: pixels around zero. */
  center(x: Value): Value;
  /** Padded with zeros to "same" size, ⌈size / stride⌉: the extra row and column go below and to the right. */
  convolution(x: Value, convolution: Convolution): Value;
  relu(x: Value): Value;
  add(x: Value, y: Value): Value;
  /** The largest of each 2 × 2 pixels. */
  maxPool(x: Value): Value;
  /** The mean over all pixels, per channel. */
  globalAveragePool(x: Value): Value;
  /** A dense layer with bias on all values of x. */
  dense(x: Value, units: number): Value;
}

/** A network: from a batch of images to class scores. */
export type Architecture = <Value>(operators: Operators<Value>, images: Value, classCount: number) => Value;

/** Two convolutions of 5 × 5 with max pooling, and two dense layers: LeNet with modern activations. */
const smallCnn: Architecture = (net, images, classCount) => {
  let x = images;
  for (const filters of [16, 32]) x = net.maxPool(net.relu(net.convolution(x, { filters, kernel: 5 })));
  return net.dense(net.relu(net.dense(x, 100)), classCount);
};

/**
 * Residual network for 32 × 32 (He et al. 2016, section 4.2): a first convolution, three stages of `blocks` blocks
 * of two 3 × 3 convolutions, each stage but the first halving the image; shortcuts that change shape are 1 × 1
 * convolutions.
 */
function resNet(blocks: number, widths: readonly number[], first: Convolution): Architecture {
  return (net, images, classCount) => {
    let x = net.relu(net.convolution(net.center(images), { ...first, normalized: true }));
    widths.forEach((filters, stage) => {
      for (let block = 0; block < blocks; block++) {
        const stride = stage > 0 && block === 0 ? 2 : 1;
        const wide = { filters, kernel: 3, normalized: true };
        const inside = net.relu(net.convolution(x, { ...wide, stride }));
        const shortcut = stride > 1 ? net.convolution(x, { ...wide, kernel: 1, stride }) : x;
        x = net.relu(net.add(net.convolution(inside, wide), shortcut));
      }
    });
    return net.dense(net.globalAveragePool(x), classCount);
  };
}

function cifarResNet(blocks: number): Architecture {
  return resNet(blocks, [16, 32, 64], { filters: 16, kernel: 3 });
}

/** The networks that can be trained here, by name. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  "small-cnn": smallCnn,
  "resnet-8": cifarResNet(1),
  "resnet-20": cifarResNet(3),
  "resnet-110": cifarResNet(18),
  /**
   * ResNet-8 of twice the width on images that its first convolution halves: the arithmetic of ResNet-8 with four
   * times the weights. Under noise the finest pixels tell little.
   */
  "resnet-8-wide": resNet(1, [32, 64, 128], { filters: 32, kernel: 5, stride: 2 }),
};

/**
 * The network of a name in {@link ARCHITECTURES}.
 *
 * @throws Error listing the names if the name is unknown
 */
export function architectureOf(name: string): Architecture {
  if (!Object.hasOwn(ARCHITECTURES, name)) {
    throw new Error(`architecture must be one of ${Object.keys(ARCHITECTURES).join(", ")}, got "${name}"`);
  }
  return ARCHITECTURES[name];
}
