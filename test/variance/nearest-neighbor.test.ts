import { beforeAll, describe, expect, it } from "vitest";
import { type ImageDataset, imageAt } from "../../src/datasets/image-dataset";
import { loadMnist } from "../../src/datasets/mnist";
import { constant } from "../../src/variance/constant";
import { integerProduct, integerProductByHand } from "../../src/variance/nearest-distances";
import { meanNeighborDistance, nearestNeighbor } from "../../src/variance/nearest-neighbor";
import { noMnist } from "../datasets/mnist-available";

/** h(x) as the definition says it, without a short cut. */
function bruteForce(database: ImageDataset, x: Float32Array, neighbors: number): number {
  const distances = Array.from({ length: database.count }, (_, image) => {
    let sum = 0;
    for (let p = 0; p < x.length; p++) sum += (x[p] - database.pixels[image * x.length + p] / 255) ** 2;
    return Math.sqrt(sum);
  }).sort((a, b) => a - b);
  return distances.slice(0, neighbors).reduce((sum, distance) => sum + distance, 0) / neighbors;
}

describe.skipIf(noMnist)("the nearest-neighbor variance function on MNIST", () => {
  let [train, test]: ImageDataset[] = [];
  beforeAll(async () => {
    [train, test] = await Promise.all([loadMnist("train"), loadMnist("test")]);
  });

  it("agrees with a float64 brute force to 1e-6, on images and on other inputs", async () => {
    const images = [0, 17, 9999].map((index) => imageAt(test, index));
    const others = [
      imageAt(test, 1).map((value, i) => value + Math.sin(i) / 7),
      new Float32Array(784).fill(-3),
    ];
    const inputs = [...images, ...others];
    const h = await meanNeighborDistance(train, inputs, 20);
    inputs.forEach((x, i) => expect(Math.abs(h[i] / bruteForce(train, x, 20) - 1)).toBeLessThan(1e-6));
  });

  it("is σ_b · exp(r (h − m)), where a training image is its own nearest neighbor", async () => {
    const variance = nearestNeighbor({ database: train, sigmaBase: 0.5, rate: 0.01, center: 1.5 });
    const x = imageAt(test, 4);
    const [sigma] = await variance.sigma([x]);
    expect(sigma).toBeCloseTo(0.5 * Math.exp(0.01 * (bruteForce(train, x, 20) - 1.5)), 6);
    expect(await meanNeighborDistance(train, [imageAt(train, 3)], 1)).toEqual(Float64Array.of(0));
  });

  it("satisfies |log σ(x) − log σ(y)| ≤ r ‖x − y‖ on pairs of images", async () => {
    const rate = 0.3;
    const variance = nearestNeighbor({ database: train, sigmaBase: 0.5, rate, center: 1.5 });
    const inputs = [0, 1, 2, 3].map((index) => imageAt(test, index));
    inputs.push(
      inputs[0].map((value) => value + 0.001),
      inputs[1].map((value) => value * 0.5),
    );
    const sigma = await variance.sigma(inputs);
    for (let i = 0; i < inputs.length; i++) {
      for (let j = 0; j < i; j++) {
        const distance = Math.sqrt(inputs[i].reduce((sum, value, p) => sum + (value - inputs[j][p]) ** 2, 0));
        expect(Math.abs(Math.log(sigma[i] / sigma[j]))).toBeLessThanOrEqual(rate * distance * (1 + 1e-9));
      }
    }
  });

  it("refuses options out of range and inputs that do not fit, naming them", async () => {
    const options = { database: train, sigmaBase: 0.5, rate: 0.01, center: 1.5 };
    expect(() => nearestNeighbor({ ...options, sigmaBase: 0 })).toThrow(
      /sigmaBase must be a positive number, got 0/,
    );
    expect(() => nearestNeighbor({ ...options, rate: -1 })).toThrow(/rate must be .* got -1/);
    expect(() => nearestNeighbor({ ...options, center: NaN })).toThrow(/center must be .* got NaN/);
    expect(() => nearestNeighbor({ ...options, neighbors: 60_001 })).toThrow(
      /neighbors must be .* got 60001/,
    );
    const distances = (x: Float32Array, k = 20) => meanNeighborDistance(train, [x], k);
    await expect(distances(new Float32Array(783))).rejects.toThrow(/784 values.*got 783/);
    await expect(distances(new Float32Array(784).fill(NaN))).rejects.toThrow(/finite/);
    await expect(distances(new Float32Array(784), 0)).rejects.toThrow(/neighbors must be .* got 0/);
    await expect(distances(new Float32Array(784), 60_001)).rejects.toThrow(
      /neighbors must be an integer from 1 to 60000, got 60001/,
    );
  });
});

describe("the constant variance function", () => {
  it("gives σ everywhere, at rate 0", async () => {
    const variance = constant(0.25);
    expect(variance.rate).toBe(0);
    expect(await variance.sigma([new Float32Array(3), new Float32Array(3)])).toEqual(
      Float64Array.of(0.25, 0.25),
    );
    expect(() => constant(-1)).toThrow(/sigma must be a positive number, got -1/);
  });
});

it("the products of bytes are the same without ONNX Runtime", async () => {
  const [rows, inner, columns] = [3, 5, 4];
  const left = Uint8Array.from({ length: rows * inner }, (_, i) => (i * 97) % 256);
  const right = Uint8Array.from({ length: inner * columns }, (_, i) => (i * 61 + 200) % 256);
  expect(integerProductByHand(left, right, rows, inner, columns)).toEqual(
    await integerProduct(left, right, rows, inner, columns),
  );
});
