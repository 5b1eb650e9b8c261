import { describe, expect, it } from "vitest";
import { blobs, cone, type Point } from "../../src/toy/worlds";
import { baseBoundary, smoothExactly } from "../../src/toy/exact-smoothing";
import { smoothedWorldFigure } from "../../src/figures/smoothed-world-figure";
import { underCertificationFigure } from "../../src/figures/under-certification-figure";
import { COLORS } from "../../src/figures/colors";
import { constant } from "../../src/variance/constant";
import { exponentialOfLipschitz } from "../../src/variance/user-function";
import type { VarianceFunction } from "../../src/variance/variance-function";

const frame = { x: [-1, 3], y: [-1.5, 1.5] } as const;

describe("exact smoothing of a toy world", () => {
  it("finds the straight boundary of the blobs, and distances that equal Cohen's radius", async () => {
    const points: Point[] = [
      [0.5, 0.2],
      [-0.3, 1],
    ];
    const { boundary, certificates } = await smoothExactly(blobs(), constant(0.5), points, frame, 21);
    for (const [x] of boundary.flat()) expect(Math.abs(x)).toBeLessThan(1e-4);
    certificates.forEach(({ distance, radius, cohen, smoothed }, i) => {
      expect(distance).toBeCloseTo(Math.abs(points[i][0]), 4);
      expect(radius).toBe(cohen);
      expect(radius).toBeCloseTo(distance, 4);
      expect(smoothed).toBe(points[i][0] > 0 ? 1 : 0);
    });
  });

  it("finds distances that do not depend on the grid, also to a curved boundary", async () => {
    const [world, variance] = [cone(), constant(0.35)];
    const points: Point[] = [
      [0.77, 0],
      [0.2, 0.2],
      [-0.5, -0.4],
      [1.5, 0.1],
    ];
    const coarse = await smoothExactly(world, variance, points, frame, 21);
    const fine = await smoothExactly(world, variance, points, frame, 51);
    coarse.certificates.forEach(({ distance }, i) => {
      expect(Math.abs(distance / fine.certificates[i].distance - 1)).toBeLessThan(2e-3);
    });
  });

  it("never certifies beyond the true distance with a semi-elastic σ(x)", async () => {
    const world = cone();
    const variance = exponentialOfLipschitz({
      name: "distance",
      lipschitzConstant: 0.5,
      sigmaBase: 0.3,
      output: (x) => 0.5 * world.distanceToBoundary([x[0], x[1]]),
    });
    const points = world.sample(40, 3).inputs.map((x): Point => [x[0], x[1]]);
    const { certificates } = await smoothExactly(world, variance, points, frame, 31);
    for (const { radius, distance } of certificates) expect(radius).toBeLessThan(distance * 1.002);
    expect(certificates.filter(({ radius, distance }) => radius > 0.5 * distance).length).toBeGreaterThan(20);
  });

  it("certifies nothing without a rate, and shows where Cohen's radius is wrong", async () => {
    const world = cone();
    // Little noise beyond x = 0.5, much before: the axis there is of class 1, and of class 0 before.
    const jump: VarianceFunction = {
      name: "jump",
      rate: Infinity,
      eta: 0,
      isConstant: false,
      parameters: {},
      sigma: (inputs) => Promise.resolve(Float64Array.from(inputs, ([x]) => (x > 0.5 ? 0.05 : 0.5))),
    };
    const { certificates } = await smoothExactly(world, jump, [[0.45, 0]], frame, 41);
    const [{ radius, cohen, distance, smoothed }] = certificates;
    expect(smoothed).toBe(0);
    expect(radius).toBe(0);
    expect(distance).toBeCloseTo(0.05, 3);
    expect(cohen).toBeGreaterThan(4 * distance);
  });

  it("draws the base boundary where the class changes", async () => {
    const world = cone();
    const boundary = await baseBoundary(world, frame, 61);
    expect(boundary.length).toBeGreaterThan(50);
    for (const point of boundary.flat()) expect(world.distanceToBoundary(point)).toBeLessThan(1e-4);
  });
});

describe("the figures of a smoothed toy world", () => {
  const points: Point[] = [
    [1.5, 0],
    [-0.5, 0.5],
  ];
  const steps = async () => {
    const smoothing = await smoothExactly(cone(), constant(0.2), points, frame, 21);
    return [{ label: "0.2", title: "Constant σ = 0.2", smoothing }];
  };

  it("draws each ball with its certified radius, in the color of constant σ", async () => {
    const [step] = await steps();
    const figure = await smoothedWorldFigure({ frame, prefix: "σ = ", steps: [step] });
    const traces = figure.data as { name: string; x: number[]; y: number[]; line: { color: string } }[];
    const ball = traces.find(({ name }) => name === "certified ball")!;
    expect(ball.line.color).toBe(COLORS.constant);
    const { point, radius } = step.smoothing.certificates[0];
    const gap = ball.x.findIndex(Number.isNaN);
    expect(gap).toBeGreaterThan(30);
    for (let i = 0; i < gap; i++) {
      expect(Math.abs(Math.hypot(ball.x[i] - point[0], ball.y[i] - point[1]) - radius)).toBeLessThan(1e-4);
    }
    expect(traces.find(({ name }) => name === "class 1")!.x).toEqual([1.5]);
    expect(JSON.stringify(figure.layout.xaxis)).toContain("units of the plane");
  });

  it("names the radii of each ball rounded down", async () => {
    const points = Array.from({ length: 20 }, (_, i): Point => [-0.9 + 0.19 * i, 0.1 * (i % 5)]);
    const smoothing = await smoothExactly(cone(), constant(0.2), points, frame, 21);
    const figure = await smoothedWorldFigure({
      frame,
      prefix: "",
      steps: [{ label: "", title: "", smoothing }],
    });
    const texts = (figure.data as { text?: string[] }[]).flatMap(({ text = [] }) => text);
    const named = texts.map((text) =>
      /certified radius (\S+)<br>Cohen's radius (\S+)<br>/.exec(text)!.slice(1),
    );
    const exact = smoothing.certificates.map(({ radius, cohen }) => [radius, cohen]);
    expect(named.length).toBe(20);
    const ascending = (radii: (string | number)[][], i: number) =>
      radii.map((r) => Number(r[i])).sort((a, b) => a - b);
    for (const i of [0, 1]) {
      ascending(named, i).forEach((shown, j) => {
        expect(shown).toBeLessThanOrEqual(ascending(exact, i)[j]);
        expect(shown).toBeGreaterThan(ascending(exact, i)[j] - 1.0001e-4);
      });
    }
  });

  it("draws the whole boundary, each piece once", async () => {
    const [step] = await steps();
    const figure = await smoothedWorldFigure({ frame, prefix: "σ = ", steps: [step] });
    const traces = figure.data as { name: string; x: number[]; y: number[] }[];
    const { x, y } = traces.find(({ name }) => name === "boundary of g")!;
    const drawn = x.slice(1).map((_, i) => Math.hypot(x[i + 1] - x[i], y[i + 1] - y[i]));
    const sum = (lengths: number[]) => lengths.reduce((total, length) => total + (length || 0), 0);
    const { boundary } = step.smoothing;
    const lengths = boundary.map(([[ax, ay], [bx, by]]) => Math.hypot(bx - ax, by - ay));
    expect(sum(drawn)).toBeCloseTo(sum(lengths), 2);
    expect(x.length).toBeLessThan(1.5 * boundary.length);
  });

  it("plots each radius against the distance", async () => {
    const [step] = await steps();
    const figure = underCertificationFigure({ prefix: "σ = ", steps: [step] });
    const dots = figure.data[1] as { x: number[]; y: number[] };
    step.smoothing.certificates.forEach(({ radius, distance }, i) => {
      expect(dots.x[i]).toBeCloseTo(distance, 5);
      expect(dots.y[i]).toBeCloseTo(radius, 5);
      expect(dots.y[i]).toBeLessThan(1.002 * dots.x[i]);
    });
  });
});
