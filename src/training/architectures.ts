/** A convolution, which turns a stack of images into another stack of images. */
export interface Convolution {
  filters: number;
  /** The height and width of a filter. */
  kernel: number;
  /** The stride. Default: 1. */
  stride?: number;
  /** Whether the output has batch normalization instead of a bias. */
  normalized?: boolean;
}

/**
 * The building blocks of networks. An architecture is written once with these operators. TensorFlow.js
 * computes with them (`network.ts`), and the exporter translates them (`export-onnx.ts`).
 */
export interface Operators<Value> {
  /** Computes x − ½, so that pixels are centered around zero. */
  center(x: Value): Value;
  /**
   * Computes a convolution padded with zeros to "same" size, ⌈size / stride⌉. If the padding is uneven, the
   * extra row or column is added below or to the right.
   */
  convolution(x: Value, convolution: Convolution): Value;
  relu(x: Value): Value;
  add(x: Value, y: Value): Value;
  /** Computes the maximum over each block of 2 × 2 pixels. */
  maxPool(x: Value): Value;
  /** Computes the mean over all pixels, per channel. */
  globalAveragePool(x: Value): Value;
  /** Applies a dense layer with a bias to all values of x. */
  dense(x: Value, units: number): Value;
}

/** A network, which maps a batch of images to class scores. */
export type Architecture = <Value>(operators: Operators<Value>, images: Value, classCount: number) => Value;

/** LeNet with modern activations: two 5 × 5 convolutions with max pooling, and two dense layers. */
const smallCnn: Architecture = (net, images, classCount) => {
  let x = images;
  for (const filters of [16, 32]) x = net.maxPool(net.relu(net.convolution(x, { filters, kernel: 5 })));
  return net.dense(net.relu(net.dense(x, 100)), classCount);
};

/**
 * A residual network for 32 × 32 images (He et al. 2016, section 4.2). A first convolution is followed by
 * three stages. Each stage has `blocks` blocks of two 3 × 3 convolutions, and every stage except the first
 * halves the image. Shortcuts that change the shape are 1 × 1 convolutions.
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
   * ResNet-8 with twice the width and a first convolution that halves the image. This network takes the same
   * amount of arithmetic as ResNet-8 and has four times as many weights. Halving the image costs little,
   * because under noise the finest details carry little information.
   */
  "resnet-8-wide": resNet(1, [32, 64, 128], { filters: 32, kernel: 5, stride: 2 }),
};

/**
 * Finds a network in {@link ARCHITECTURES} by its name.
 *
 * @throws Error listing the names if the name is unknown
 */
export function architectureOf(name: string): Architecture {
  if (!Object.hasOwn(ARCHITECTURES, name)) {
    throw new Error(`architecture must be one of ${Object.keys(ARCHITECTURES).join(", ")}, got "${name}"`);
  }
  return ARCHITECTURES[name];
}
