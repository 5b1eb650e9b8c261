import { beforeAll, describe, expect, it } from "vitest";
import { compareBounds } from "../../src/analysis/compare-bounds";
import { compareClasses } from "../../src/analysis/compare-classes";
import { compareFormulas } from "../../src/analysis/compare-formulas";
import { compareRecords, QUANTITIES } from "../../src/analysis/compare-records";
import { type Experiment, readExperiment } from "../../src/analysis/experiment";
import { summarize } from "../../src/analysis/summary";
import { readRecord } from "../../src/experiments/record";
import { packageFile } from "../../src/files/package-file";

describe("an experiment", () => {
  let cifar10: Experiment;
  beforeAll(async () => {
    cifar10 = await readExperiment("cifar10");
  });

  it("has every record of its data set, by σ_b and kind", async () => {
    expect(cifar10.sigmaBases).toEqual([0.12, 0.25, 0.5]);
    expect(cifar10.rates).toEqual([0.005, 0.01, 0.015, 0.03]);
    expect(cifar10.summaries()).toHaveLength(26);
    const folder = packageFile("records", "cifar10-0.25-r0.01-w64");
    expect(cifar10.record(0.25, "r0.01-w64")).toEqual(await readRecord(folder));
    expect(Object.keys(cifar10.byRate(0.5))).toHaveLength(1 + cifar10.rates.length);
    expect(cifar10.n).toBe("10,000");
    expect(cifar10.conditions).toBe("500 images, n0 = 100, n = 10,000, α = 0.001 for each image");
  });

  it("pairs constant σ at the mean of σ(x) with σ(x), for the same base classifier", () => {
    for (const sigmaBase of cifar10.sigmaBases) {
      const [constant, inputDependent] = Object.values(cifar10.pair(sigmaBase));
      const [one, other] = [constant, inputDependent].map((record) => summarize(record).meanSigma);
      expect(Math.abs(one / other - 1)).toBeLessThan(0.01);
      expect(constant.configuration.model.sha256).toBe(inputDependent.configuration.model.sha256);
      expect(cifar10.compare(sigmaBase)).toEqual(
        compareRecords(constant, inputDependent, [sigmaBase / 2, sigmaBase, 2 * sigmaBase]),
      );
    }
  });

  it("compares two kinds wherever it has both", () => {
    const wide = cifar10.differences([QUANTITIES.averageRadius, QUANTITIES.abstained], "base", "base-w64");
    expect(wide.map((row) => [row["data set, σ_b"], row.quantity])).toEqual([
      ...[0.12, 0.25, 0.5].map((sigmaBase) => [`CIFAR-10, ${sigmaBase}`, QUANTITIES.averageRadius]),
      ...[0.12, 0.25, 0.5].map((sigmaBase) => [`CIFAR-10, ${sigmaBase}`, QUANTITIES.abstained]),
    ]);
    expect(wide[0].second).toBe(summarize(cifar10.record(0.12, "base-w64")).averageRadius);
    const trained = cifar10.differences(
      [QUANTITIES.accuracy],
      "r0.01-trained-at-mean",
      "r0.01-trained-at-sigma-x",
    );
    expect(trained.map((row) => row["data set, σ_b"])).toEqual(["CIFAR-10, 0.5"]);
  });

  it("compares two kinds over the seeds of training", async () => {
    const mnist = await readExperiment("mnist");
    const bySeed = ["", "-seed-2", "-seed-3"].map((seed) =>
      mnist.compare(0.5, `mean${seed}`, `r0.01${seed}`),
    );
    const models = ["mean", "mean-seed-2", "mean-seed-3"].map(
      (kind) => mnist.record(0.5, kind).configuration.model,
    );
    expect(new Set(models.map(({ sha256 }) => sha256)).size).toBe(3);
    mnist.compareSeeds(0.5).forEach((row, i) => {
      const rows = bySeed.map((rows) => rows[i]);
      const differences = rows.map(({ difference }) => difference);
      expect(rows.map(({ quantity }) => quantity)).toEqual(new Array(3).fill(row.quantity));
      expect(row.difference).toBeCloseTo((differences[0] + differences[1] + differences[2]) / 3, 12);
      expect([row.min, row.max]).toEqual([Math.min(...differences), Math.max(...differences)]);
      expect([row.low, row.high]).toEqual([rows[0].low, rows[0].high]);
      expect(row["first, min"]).toBe(Math.min(...rows.map(({ first }) => first)));
      expect(row["first, max"]).toBe(Math.max(...rows.map(({ first }) => first)));
      expect(row.first).toBeCloseTo((rows[0].first + rows[1].first + rows[2].first) / 3, 12);
    });
    // CIFAR-10 has no other seed.
    cifar10.compareSeeds(0.5).forEach(({ difference, min, max }) => {
      expect([min, max]).toEqual([difference, difference]);
    });
  });

  it("keeps records of other images and n apart", async () => {
    const mnist = await readExperiment("mnist", "all");
    expect(mnist.sigmaBases).toEqual([0.5]);
    expect(mnist.conditions).toBe("10,000 images, n0 = 100, n = 1000, α = 0.001 for each image");
    const folder = packageFile("records", "mnist-0.5-mean-all");
    expect(mnist.record(0.5, "mean")).toEqual(await readRecord(folder));
    const paper = await readExperiment("cifar10", "n100000");
    expect(paper.conditions).toBe("500 images, n0 = 100, n = 100,000, α = 0.001 for each image");
    const larger = paper.compare(0.5).map(({ first }, i) => first - cifar10.compare(0.5)[i].first);
    const names = paper.compare(0.5).map(({ quantity }) => quantity);
    expect(larger[names.indexOf(QUANTITIES.averageRadius)]).toBeGreaterThan(0.02);
    expect(larger[names.indexOf(QUANTITIES.abstained)]).toBeLessThanOrEqual(0);
  });

  it("counts who gains and who loses radius", () => {
    cifar10.waterfalls().forEach((row, i) => {
      const [constant, other] = ["mean", "r0.01"].map(
        (kind) => cifar10.record(cifar10.sigmaBases[i], kind).rows,
      );
      const gained = constant.filter(({ radius }, i) => other[i].radius > radius).length;
      const same = constant.filter(({ radius }, i) => other[i].radius === radius).length;
      expect(row["gain radius"]).toBe(gained);
      expect(row["gain radius"] + row["lose radius"] + same).toBe(500);
      const cliff = row["largest radius, first"];
      const unanimous = constant.filter(({ votes }) => Math.max(...votes) === 10_000);
      expect(row["reach the first's largest"]).toBe(unanimous.length);
      expect(other.filter(({ radius }) => radius > cliff)).toHaveLength(row["beyond the first's largest"]);
      expect(Math.max(...other.map(({ radius }) => radius))).toBe(row["largest radius, second"]);
    });
  });

  it("compares the classes of the fair pair, and formulas and bounds at every σ_b", async () => {
    const [constant, inputDependent] = Object.values(cifar10.pair(0.25));
    expect(cifar10.compareClasses(0.25)).toEqual(
      compareClasses(constant, inputDependent, cifar10.classNames),
    );
    const formulas = cifar10.compareFormulas();
    expect(formulas.map((row) => row["σ_b, rate r"]).slice(3, 6)).toEqual([
      "0.12, 0.03",
      "0.25, 0.005",
      "0.25, 0.01",
    ]);
    expect(formulas[5]).toMatchObject(compareFormulas(inputDependent));
    const bounds = await cifar10.compareBounds();
    expect(bounds).toHaveLength(3 * 2 * 2);
    expect(bounds[7]).toMatchObject({ σ_b: "0.25", run: "σ(x), r = 0.01", bounds: "all classes" });
    expect(bounds.slice(6, 8)).toMatchObject(await compareBounds(inputDependent));
  });

  it("lists its records if one is missing", async () => {
    expect(() => cifar10.record(0.3, "mean")).toThrow(
      /no record with σ_b = 0.3 and kind mean; it has 0.12 base,/,
    );
    await expect(readExperiment("imagenet" as "mnist")).rejects.toThrow(
      "name must be mnist or cifar10, got imagenet",
    );
    await expect(readExperiment("mnist", "n7" as "all")).rejects.toThrow(
      "there is no record of mnist with the suffix -n7",
    );
  });
});
