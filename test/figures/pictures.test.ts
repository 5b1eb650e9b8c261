import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PNG } from "pngjs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Figure } from "../../src/figures/figure";
import { figureToPng } from "../../src/figures/static-image";
import { gallery } from "./gallery";

/** Pictures that were looked at. With IDRS_UPDATE_PICTURES set they are drawn anew: look at them, then commit. */
const folder = join(__dirname, "pictures");
const isUpdate = process.env.IDRS_UPDATE_PICTURES !== undefined;

/** Largest difference of a color channel, of 255, and largest share of the pixels that may differ by more. */
const [CHANNEL, SHARE] = [40, 0.002];

/** The share of pixels that are seen to differ; 1 where the sizes do. */
function difference(one: PNG, other: PNG): number {
  if (one.width !== other.width || one.height !== other.height) return 1;
  let count = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    if ([0, 1, 2].some((c) => Math.abs(one.data[at + c] - other.data[at + c]) > CHANNEL)) count++;
  }
  return count / (one.width * one.height);
}

describe("every figure, as a picture 420 pixels wide", () => {
  let figures: Readonly<Record<string, Figure>> = {};
  beforeAll(async () => void (figures = await gallery()));

  it("looks like its committed picture", async () => {
    const differing: string[] = [];
    if (isUpdate) mkdirSync(folder, { recursive: true });
    for (const [name, figure] of Object.entries(figures)) {
      const isTall = (figure.layout.sliders ?? []).length > 0;
      const height = figure.layout.width === undefined ? (isTall ? 420 : 300) : figure.layout.height;
      const width = figure.layout.width ?? 420;
      const drawn = await figureToPng(figure, { width, height, scale: 1 });
      const file = join(folder, `${name}.png`);
      if (isUpdate) writeFileSync(file, drawn);
      const share = existsSync(file)
        ? difference(PNG.sync.read(drawn), PNG.sync.read(readFileSync(file)))
        : 1;
      if (share > SHARE) differing.push(`${name}: ${(100 * share).toFixed(2)} % of the pixels`);
    }
    expect(differing).toEqual([]);
  }, 600_000);

  it("has no picture of a removed figure", () => {
    const names = Object.keys(figures).map((name) => `${name}.png`);
    expect(readdirSync(folder).sort()).toEqual(names.sort());
  });

  it("exists for every figure function", () => {
    const functions = readdirSync(join(__dirname, "../../src/figures"))
      .filter((file) => file.endsWith("-figure.ts") && file !== "print-figure.ts")
      .map((file) => file.replace("-figure.ts", "").replace("image", "images"));
    for (const name of functions) expect(Object.keys(figures).some((key) => key.startsWith(name))).toBe(true);
  });

  it("differs from a picture with another curve", async () => {
    const { data, layout } = figures["certified-accuracy"];
    const size = { width: 420, height: 300, scale: 1 };
    const [all, fewer] = [
      await figureToPng({ data, layout }, size),
      await figureToPng({ data: data.slice(0, -1), layout }, size),
    ];
    expect(difference(PNG.sync.read(all), PNG.sync.read(fewer))).toBeGreaterThan(SHARE);
  });
});
