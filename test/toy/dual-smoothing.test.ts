import { describe, expect, it } from "vitest";
import { smoothDualExactly, type ToySelector } from "../../src/toy/dual-smoothing";
import { blobs, cone, rings, type Point, type ToyWorld } from "../../src/toy/worlds";

const frame = { x: [-1.5, 3.5], y: [-1.8, 1.8] } as const;
const pointsOf = (world: ToyWorld): Point[] => world.sample(40, 5).inputs.map((x): Point => [x[0], x[1]]);

describe("a dual smoothed toy world, exactly", () => {
  const settings: [string, ToyWorld, ToySelector][] = [
    ["cone, little noise at the tip", cone(), { world: rings(1.2), sigma: 0.3, sigmas: [0.35, 0.1] }],
    ["cone, much noise at the tip", cone(), { world: rings(1.2), sigma: 0.3, sigmas: [0.1, 1] }],
    ["rings, cut in two", rings(), { world: blobs(), sigma: 1, sigmas: [0.1, 0.6] }],
    ["blobs, chosen by a cone", blobs(), { world: cone(1), sigma: 0.2, sigmas: [0.2, 1] }],
  ];
  it.each(settings)(
    "certifies no ball that holds a point of another class: %s",
    async (_, world, selector) => {
      const { certificates, variance } = await smoothDualExactly(world, selector, pointsOf(world), frame, 41);
      let certified = 0;
      for (const { point, radius, cohen, smoothed } of certificates) {
        expect(radius).toBeLessThanOrEqual(cohen);
        if (radius > 0) certified++;
        // On circles inside of the ball, too, each point smoothed with its own σ.
        const around = [0.5, 0.8, 0.99].flatMap((share) =>
          Array.from({ length: 24 }, (_, i): Point => {
            const angle = (2 * Math.PI * i) / 24;
            const reach = share * radius;
            return [point[0] + reach * Math.cos(angle), point[1] + reach * Math.sin(angle)];
          }),
        );
        const sigmas = await variance.sigma(around.map((p) => Float32Array.from(p)));
        around.forEach((p, i) => {
          if (radius > 0) expect(world.probabilityOfOne(p, sigmas[i]) > 0.5 ? 1 : 0).toBe(smoothed);
        });
      }
      expect(certified).toBeGreaterThan(30);
    },
  );

  it("claims less than the chosen expert alone, whose claim is wrong", async () => {
    const [, world, selector] = settings[1];
    const { certificates } = await smoothDualExactly(world, selector, pointsOf(world), frame, 41);
    const beyond = certificates.filter(({ cohen, distance }) => cohen > 1.01 * distance + 5e-3);
    expect(beyond.length).toBeGreaterThan(1);
    for (const { radius, distance } of beyond) expect(radius).toBeLessThan(1.002 * distance + 2e-3);
  });

  it("equals smoothing with constant σ if both experts have the same σ", async () => {
    const same: ToySelector = { world: blobs(), sigma: 0.5, sigmas: [0.3, 0.3] };
    const { certificates } = await smoothDualExactly(
      blobs(),
      same,
      [
        [0.4, 0],
        [-2, 1],
      ],
      frame,
      41,
    );
    // The boundaries of selector and classifier are one line: the certificate is the distance to it.
    expect(certificates[0].radius).toBeCloseTo(0.4, 8);
    expect(certificates[1].radius).toBeCloseTo(Math.min(certificates[1].cohen, 2), 3);
  });
});
