import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { imageAt, type ImageDataset } from "../../src/datasets/image-dataset";
import { leaveOneOutSigma } from "../../src/variance/leave-one-out";
import { meanCenter, nearestNeighbor } from "../../src/variance/nearest-neighbor";

/** Some images of 2 × 3; the last is a twin of the first. */
function images(count: number): ImageDataset {
  const pixels = Uint8Array.from(
    { length: count * 6 },
    (_, i) => (Math.floor(i / 6) ** 2 * 37 + 53 * i) % 256,
  );
  pixels.copyWithin((count - 1) * 6, 0, 6);
  return {
    name: "some",
    split: "train",
    channels: 1,
    height: 2,
    width: 3,
    count,
    dimension: 6,
    pixels,
    labels: new Uint8Array(count),
    classNames: ["one"],
    checksums: { "pixels.bin": `some ${count}` },
  };
}

beforeAll(() => {
  process.env.IDRS_CACHE = mkdtempSync(join(tmpdir(), "idrs-"));
});

describe("σ at the images of the database", () => {
  it("is σ(x) with that image removed from the database", async () => {
    const database = images(12);
    const options = { sigmaBase: 0.5, rate: 0.3, center: 1, neighbors: 3 };
    const sigmas = await leaveOneOutSigma({ ...options, database });
    for (let image = 0; image < 12; image++) {
      const pixels = database.pixels.filter((_, i) => Math.floor(i / 6) !== image);
      const others = { ...database, count: 11, pixels, labels: new Uint8Array(11) };
      const [expected] = await nearestNeighbor({ ...options, database: others }).sigma([
        imageAt(database, image),
      ]);
      expect(sigmas[image]).toBeCloseTo(expected, 12);
    }
    const [withItself] = await nearestNeighbor({ ...options, database }).sigma([imageAt(database, 1)]);
    expect(withItself).toBeLessThan(sigmas[1]);
  });

  it("needs as many other images as neighbors", async () => {
    const options = { database: images(4), sigmaBase: 0.5, rate: 0.1, center: 1 };
    const message = "neighbors must be an integer from 1 to 3, got 4";
    await expect(leaveOneOutSigma({ ...options, neighbors: 4 })).rejects.toThrow(new RangeError(message));
    await expect(meanCenter(options.database, 4)).rejects.toThrow(new RangeError(message));
    await expect(meanCenter(options.database, 0)).rejects.toThrow(
      "neighbors must be an integer from 1 to 3, got 0",
    );
    expect((await leaveOneOutSigma({ ...options, neighbors: 3 })).length).toBe(4);
    await expect(leaveOneOutSigma({ ...options, neighbors: 2, rate: -1 })).rejects.toThrow(
      /rate must be .* got -1/,
    );
  });
});
