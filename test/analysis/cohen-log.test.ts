import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { certifiedAccuracy } from "../../src/analysis/certified-accuracy";
import { readCohenLog } from "../../src/analysis/cohen-log";
import { compareRecords, QUANTITIES } from "../../src/analysis/compare-records";
import { summarize } from "../../src/analysis/summary";
import { radiusLimits } from "../../src/analysis/waterfall";
import { contentChecksums } from "../../src/datasets/checksums";
import type { ImageDataset } from "../../src/datasets/image-dataset";
import { describeImageDataset } from "../../src/datasets/image-datasets";
import { certifiedAccuracyFigure } from "../../src/figures/certified-accuracy-figure";
import { reportPage } from "../../src/pages/report-page";

const dataset = describeImageDataset("cifar10", "test");
const folder = mkdtempSync(join(tmpdir(), "idrs-"));

/** Written by hand in the format of the published logs. */
const LOG = `idx\tlabel\tpredict\tradius\tcorrect\ttime
0\t3\t3\t0.411\t1\t0:00:13.808713
20\t7\t-1\t0.0\t0\t0:00:13.5
40\t4\t6\t0.0873\t0\t1 day, 0:01:00
60\t7\t7\t1.9\t1\t0:00:13
`;

function written(text: string, name: string = "noise_0.50.tsv"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("a certification log of Cohen et al.'s code", () => {
  it("is read as a record", async () => {
    const { configuration, rows } = await readCohenLog(written(LOG), { sigma: 0.5, dataset });
    expect(
      rows.map(({ index, label, predicted, radius, correct, seconds }) => [
        index,
        label,
        predicted,
        radius,
        correct,
        seconds,
      ]),
    ).toEqual([
      [0, 3, 3, 0.411, 1, 13.808713],
      [20, 7, -1, 0, 0, 13.5],
      [40, 4, 6, 0.0873, 0, 86_460],
      [60, 7, 7, 1.9, 1, 13],
    ]);
    expect(configuration).toMatchObject({ n0: 100, n: 100_000, alpha: 0.001, classCount: 8 });
    expect(configuration.dataset).toEqual({ ...dataset, images: "0-60:20" });
  });

  it("has the checksums that a record of the same images has, if they are no published data set", async () => {
    const pixels = Uint8Array.from({ length: 100 }, (_, i) => i);
    const own: ImageDataset = {
      ...{ name: "own", split: "test", channels: 1, height: 1, width: 1, count: 100, dimension: 1 },
      ...{ pixels, labels: new Uint8Array(100), classNames: ["a"], checksums: {} },
    };
    const { configuration } = await readCohenLog(written(LOG), { sigma: 0.5, dataset: own });
    expect(configuration.dataset.checksums).toEqual(contentChecksums(own));
  });

  it("is analyzed like any other record, and missing values stay missing", async () => {
    const record = await readCohenLog(written(LOG), { sigma: 0.5, dataset, classCount: 10 });
    expect([0, 0.25, 0.5, 1.9, 2].map((radius) => certifiedAccuracy(record.rows, radius))).toEqual([
      0.5, 0.5, 0.25, 0.25, 0,
    ]);
    expect(summarize(record)).toMatchObject({ inputs: 4, abstained: 0.25, meanSigma: 0.5 });
    // σ Φ⁻¹(α^(1/n)), the height of the waterfall of n = 100,000 (Cohen et al. 2019).
    for (const limit of radiusLimits(record)) expect(limit).toBeCloseTo(1.906, 2);
    expect(certifiedAccuracyFigure({ theirs: record }).data.length).toBe(1);
    const better = LOG.replace("20\t7\t-1\t0.0\t0", "20\t7\t7\t0.3\t1");
    const other = await readCohenLog(written(better, "other.tsv"), { sigma: 0.25, dataset });
    const compared = Object.fromEntries(compareRecords(record, other).map((row) => [row.quantity, row]));
    expect(compared[QUANTITIES.accuracy]).toMatchObject({ first: 0.5, second: 0.75, difference: 0.25 });
    expect(compared[QUANTITIES.sigma].difference).toBeCloseTo(-0.25, 12);
    expect(compared).not.toHaveProperty(QUANTITIES.pA);
    expect(compared).not.toHaveProperty(QUANTITIES.mostVotes);
    const page = await reportPage(
      [
        ["theirs", record],
        ["other", other],
      ],
      {},
    );
    // Data in base64 may contain any letters.
    const text = page.slice(0, page.indexOf("application/gzip")).replace(/[\w+/=]{200,}/g, "");
    expect([text.includes("not known"), text.includes("NaN")]).toEqual([true, false]);
  }, 30_000);

  it("is refused with the wrong line", async () => {
    const cases: [string, RegExp][] = [
      ["", /has no column idx, label/],
      ["idx,label,predict,radius,correct,time\n0,3,3,0.4,1,0:00:01\n", /has no column .*separated by tabs/],
      [LOG.split("\n")[0], /has no rows/],
      [LOG.slice(0, -20), /line 5: has 1 value, expected 6/],
      [LOG.replace("0.411", "much"), /line 2: radius must be a number of at least 0, got "much"/],
      [LOG.replace("0.411", "-1"), /line 2: radius must be/],
      [LOG.replace("0.411", "inf"), /line 2: radius must be/],
      [
        LOG.replace("0.411\t1", "0.411\t0"),
        /line 2: correct is 0, but the label is 3 and the predicted class 3/,
      ],
      [LOG.replace("-1\t0.0", "-1\t0.5"), /line 3: the radius of an abstention must be 0, got 0.5/],
      [LOG.replace("40\t", "20\t"), /line 4: idx must be above 20 and below 10000, got 20/],
      [LOG.replace("60\t", "10000\t"), /line 5: idx must be above 40 and below 10000, got 10000/],
      [LOG.replace("0:00:13\n", "soon\n"), /line 5: time must be a duration such as 0:00:13\.8, got "soon"/],
      [LOG.replace("60\t7", "60\t7.5"), /line 5: label must be an integer of at least 0, got "7.5"/],
    ];
    for (const [text, message] of cases) {
      await expect(readCohenLog(written(text), { sigma: 0.5, dataset })).rejects.toThrow(message);
    }
    await expect(readCohenLog(folder, { sigma: 0.5, dataset })).rejects.toThrow(
      /is a folder, expected a file/,
    );
    await expect(readCohenLog(join(folder, "none"), { sigma: 0.5, dataset })).rejects.toThrow(
      /there is no such log/,
    );
    await expect(readCohenLog(written(LOG), { sigma: 0, dataset })).rejects.toThrow(
      /sigma must be a positive number/,
    );
    await expect(readCohenLog(written(LOG), { sigma: 1, dataset, classCount: 7 })).rejects.toThrow(
      /classCount must be/,
    );
  });

  it("goes into a report, with a record or alone", () => {
    const project = join(__dirname, "../..");
    const report = (...args: string[]) => {
      const out = join(folder, "report.html");
      const all = [join(project, "bin/idrs.js"), "report", ...args, "--out", out];
      const { status, stderr } = spawnSync(process.execPath, all, { encoding: "utf8", cwd: folder });
      return { status, stderr, page: status === 0 ? readFileSync(out, "utf8") : "" };
    };
    const log = written(LOG);
    const alone = report(log, "--sigma", "0.5", "--data", "cifar10");
    expect([alone.status, alone.stderr]).toEqual([0, ""]);
    expect(alone.page.includes("constant σ = 0.5")).toBe(true);
    expect(report(log).stderr).toMatch(
      /give --sigma once for each log, expected 1 \(.*noise_0\.50\.tsv\), got 0/,
    );
    expect(report(log, "--sigma", "0.5").stderr).toMatch(/the images of a log are unknown: give --data/);
  }, 60_000);
});
