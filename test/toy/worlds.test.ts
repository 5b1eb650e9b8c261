import { describe, expect, it } from "vitest";
import { functionClassifier } from "../../src/classifiers/function-classifier";
import { smoothExactly } from "../../src/toy/exact-smoothing";
import { blobs, cone, rings, type Point, type ToyWorld } from "../../src/toy/worlds";
import { countVotes } from "../../src/sampling/count-votes";
import { constant } from "../../src/variance/constant";

const worlds = [blobs(), cone(), cone(1.2), rings(), rings(0.3)].map((world): [string, ToyWorld] => [
  world.name,
  world,
]);
const points: Point[] = [
  [0.3, 0.1],
  [1.1, -0.4],
  [-0.5, 0.2],
  [0.02, 0],
  [-2, 3],
];

describe.each(worlds)("the toy world %s", (_name, world) => {
  it("has the class probabilities that Monte Carlo finds, within five standard errors", async () => {
    const classifier = functionClassifier({
      name: world.name,
      dimension: 2,
      classCount: 2,
      classOf: ([x, y]) => world.classOf([x, y]),
    });
    for (const [i, point] of points.entries()) {
      for (const sigma of [0.2, 1]) {
        const count = 20_000;
        const x = Float32Array.from(point);
        const votes = await countVotes(classifier, x, sigma, { seed: 1, input: i, first: 0, count });
        const p = world.probabilityOfOne(point, sigma);
        expect(Math.abs(votes[1] / count - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / count) + 1e-4);
      }
    }
  });

  it("tends to the base classifier as σ tends to 0", () => {
    for (const point of points)
      expect(world.probabilityOfOne(point, 1e-3)).toBeCloseTo(world.classOf(point), 6);
  });

  it("keeps the class of a point inside its distance to the boundary, and not beyond it", () => {
    for (const point of points) {
      const distance = world.distanceToBoundary(point);
      const around = (radius: number) =>
        Array.from({ length: 720 }, (_, i) => {
          const angle = (i * Math.PI) / 360;
          return world.classOf([point[0] + radius * Math.cos(angle), point[1] + radius * Math.sin(angle)]);
        });
      expect(new Set(around(distance * 0.999)).size).toBe(1);
      expect(new Set(around(distance * 1.01 + 1e-3)).size).toBe(2);
    }
  });

  it("gives the same points of both classes for the same seed", () => {
    const { inputs, labels } = world.sample(200, 3);
    expect(world.sample(200, 3)).toEqual({ inputs, labels });
    expect(world.sample(200, 4).inputs).not.toEqual(inputs);
    inputs.forEach(([x, y], i) => expect(world.classOf([x, y])).toBe(labels[i]));
    expect(new Set(labels)).toEqual(new Set([0, 1]));
  });

  it("refuses an invalid σ", () => {
    expect(() => world.probabilityOfOne([0, 0], 0)).toThrow(/sigma must be a positive number, got 0/);
  });
});

it.each([
  [{ x: [-2, 2], y: [1, 1] }, 41, /^y of the frame must be two numbers in ascending order, got 1 and 1$/],
  [{ x: [2, -2], y: [0, 1] }, 41, /^x of the frame must be two numbers in ascending order, got 2 and -2$/],
  [{ x: [-2, 2], y: [NaN, 1] }, 41, /^y of the frame must be .* got NaN and 1$/],
  [{ x: [-2, 2], y: [-2, 2] }, 1, /^nodes must be an integer of at least 2, got 1$/],
  [{ x: [-2, 2], y: [-2, 2] }, NaN, /^nodes must be an integer of at least 2, got NaN$/],
] as const)(
  "no world is smoothed on a grid that is none: %j with %d nodes",
  async (frame, nodes, message) => {
    await expect(smoothExactly(rings(1), constant(0.5), [[0, 0]], frame, nodes)).rejects.toThrow(message);
  },
);

it("a world is smoothed on a flat frame, too", async () => {
  const frame = { x: [-2, 2], y: [-0.01, 0.01] } as const;
  const { certificates, grid } = await smoothExactly(rings(1), constant(0.5), [[0, 0]], frame, 41);
  expect([grid.x.length, grid.y.length]).toEqual([41, 2]);
  expect(certificates[0].distance).toBeCloseTo(0.857, 2);
});

describe("the cone", () => {
  it("has the probability of its angle at the tip, for every σ", () => {
    for (const angle of [0.1, 0.7, 1.5]) {
      for (const sigma of [0.01, 1, 30]) {
        expect(cone(angle).probabilityOfOne([0, 0], sigma)).toBeCloseTo(angle / Math.PI, 10);
      }
    }
  });

  it("refuses angles at which the integral would lose accuracy", () => {
    expect(() => cone(0)).toThrow(/halfAngle must be above 0 and at most 1.5, got 0/);
    expect(() => cone(1.57)).toThrow(/halfAngle must be above 0 and at most 1.5, got 1.57/);
    expect(() => rings(-1)).toThrow(/radius must be a positive number, got -1/);
  });
});
