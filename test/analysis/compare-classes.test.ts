import { beforeAll, describe, expect, it } from "vitest";
import { classAccuracies } from "../../src/analysis/class-accuracy";
import { compareClasses } from "../../src/analysis/compare-classes";
import { pairedShareInterval } from "../../src/analysis/paired-share-interval";
import { type CertificationRecord, readRecord } from "../../src/experiments/record";
import { packageFile } from "../../src/files/package-file";

describe("two runs, class by class", () => {
  let [first, second]: CertificationRecord[] = [];
  beforeAll(async () => {
    [first, second] = await Promise.all(
      ["mean", "r0.01"].map((kind) => readRecord(packageFile("records", `cifar10-0.5-${kind}`))),
    );
  });

  it("have the accuracies of each, and the paired interval of their difference", () => {
    const compared = compareClasses(first, second, ["airplane"]);
    expect(compared.map((row) => row.class)).toEqual(["airplane", ..."123456789"]);
    expect(compared.map((row) => row.first)).toEqual(classAccuracies(first.rows).map((row) => row.accuracy));
    expect(compared.map((row) => row.second)).toEqual(
      classAccuracies(second.rows).map((row) => row.accuracy),
    );
    compared.forEach((row, label) => {
      const pairs = first.rows.map((one, i) => [one, second.rows[i]]).filter(([one]) => one.label === label);
      const gained = pairs.filter(([one, other]) => other.correct > one.correct).length;
      const lost = pairs.filter(([one, other]) => other.correct < one.correct).length;
      const { low, high } = pairedShareInterval(gained, lost, pairs.length);
      expect(row).toMatchObject({ images: pairs.length, low, high });
    });
  });

  it("must certify the same images", () => {
    expect(() => compareClasses(first, { ...second, rows: second.rows.slice(1) })).toThrow(/same images/);
    const withoutTrucks = { ...first, rows: first.rows.filter(({ label }) => label !== 9) };
    expect(() => compareClasses(withoutTrucks, second)).toThrow(/same images/);
  });
});
