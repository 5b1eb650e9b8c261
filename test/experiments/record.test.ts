import { existsSync } from "node:fs";
import { access, type FileHandle, mkdir, open, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CertificationRecord, readRecord, type RecordRow } from "../../src/experiments/record";
import { recertify } from "../../src/experiments/recertify";
import { openRecord } from "../../src/experiments/record-writer";
import type { RunProgress } from "../../src/experiments/run-progress";
import { decidePlan, gainPlan } from "../../src/sampling/sampling-plan";
import { constant } from "../../src/variance/constant";
import { userFunction } from "../../src/variance/user-function";
import { halfSpaceClassifier } from "../smoothing/linear-classifier";
import { certifyStripes, newFolder, rowsOf } from "./stripes";

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(dirname(folder), { recursive: true }));

const run = (change: Parameters<typeof certifyStripes>[1] = {}): Promise<CertificationRecord> =>
  certifyStripes(folder, change);
const rowsWithoutSeconds = (): Promise<object[]> => rowsOf(folder);

/** Puts another cell into the first row. */
function withCell(column: number, value: string): (lines: string[]) => string[] {
  return ([header, row, ...rest]) => {
    const cells = row.split(",");
    cells[column] = value;
    return [header, cells.join(","), ...rest];
  };
}

describe("the record of a certification run", () => {
  it("holds configuration, command and a row for every nth image", async () => {
    await run();
    const { configuration, command, rows } = await readRecord(folder);
    expect(command).toBe("a test");
    expect(configuration).toMatchObject({
      dataset: { name: "stripes", count: 25, dimension: 4, images: "0-24:2", checksums: { stripes: "none" } },
      model: { name: "half-space" },
      variance: { name: "constant", rate: 0, eta: 0, isConstant: true, parameters: { sigma: 0.25 } },
      n0: 10,
      n: 300,
      alpha: 0.01,
      seed: 3,
      sampling: { name: "fixed", parameters: {} },
      bound: "clopper-pearson",
      noise: "philox4x32-10, rounded Gaussian",
    });
    expect(rows.map(({ index }) => index)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
    for (const row of rows) {
      expect(row.correct).toBe(row.predicted === row.label ? 1 : 0);
      expect(row.radius > 0).toBe(row.predicted !== -1);
      expect([row.n0, row.n]).toEqual([10, 300]);
    }
    expect(rows.some(({ correct }) => correct === 1)).toBe(true);
  });

  it("equals that of an uninterrupted run, wherever the run was cut off", async () => {
    await run();
    const undisturbed = await rowsWithoutSeconds();
    const text = await readFile(join(folder, "rows.csv"), "utf8");
    for (const length of [
      0,
      10,
      text.indexOf("\n") + 1,
      Math.floor(text.length / 2),
      text.length - 1,
      text.length,
    ]) {
      await writeFile(join(folder, "rows.csv"), text.slice(0, length));
      await run();
      expect(await rowsWithoutSeconds()).toEqual(undisturbed);
    }
  });

  it("keeps finished rows when a run is resumed, and reports only the others", async () => {
    const stop = new Error("stopped");
    const interrupted = run({
      onRow: (_row: RecordRow, { done }: RunProgress) => {
        if (done === 5) throw stop;
      },
    });
    await expect(interrupted).rejects.toBe(stop);
    expect((await readRecord(folder)).rows.length).toBe(5);
    const told: number[] = [];
    await run({ onRow: (_row: RecordRow, { done }: RunProgress) => told.push(done) });
    expect(told).toEqual([6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it("refuses a folder that holds a run with another configuration, naming the difference", async () => {
    await run();
    await expect(run({ seed: 4 })).rejects.toThrow(/another configuration: seed is 3 there and 4 here/);
    await expect(run({ variance: constant(0.5) })).rejects.toThrow(
      /variance\.parameters\.sigma is 0\.25 there and 0\.5 here/,
    );
    await expect(run({ every: 5 })).rejects.toThrow(/dataset\.images is "0-24:2" there and "0-20:5" here/);
  });

  it("refuses rows that the run would not have written", async () => {
    await run();
    const path = join(folder, "rows.csv");
    const text = await readFile(path, "utf8");
    const lines = text.split("\n");
    await writeFile(path, [lines[0], lines[2], ...lines.slice(3)].join("\n"));
    await expect(run()).rejects.toThrow(/line 2: index must be 0, the next image of the run, got 2/);
    await writeFile(path, text.replace("pA", "p"));
    await expect(readRecord(folder)).rejects.toThrow(/rows\.csv: has no column pA/);
    await writeFile(path, text.replace(/\n0,0,0\.25,/, "\n0,0,a quarter,"));
    await expect(readRecord(folder)).rejects.toThrow(
      /rows\.csv, line 2: sigma must be a positive number, got "a quarter"/,
    );
  });

  it("refuses a record whose last row is incomplete, until its run resumes", async () => {
    await run();
    const path = join(folder, "rows.csv");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.slice(0, -3));
    await expect(readRecord(folder)).rejects.toThrow(/rows\.csv: the last row is incomplete/);
    await run();
    expect((await readRecord(folder)).rows.length).toBe(13);
  });

  it.each([
    [
      "two rows in one line",
      (lines: string[]) => [lines[0], lines[1] + lines[2]],
      /line 2: has 25 values, expected 13/,
    ],
    [
      "a row twice",
      (lines: string[]) => [...lines.slice(0, 3), lines[2]],
      /line 4: index must be 4, the next image of the run, got 2/,
    ],
    ["more votes than samples", withCell(8, "0:301"), /line 2: votes must add up to n = 300, got 301/],
    ["half a vote", withCell(8, "0:1.5"), /line 2: votes must be class:count .* got "0:1.5"/],
    [
      "an image that is not certified",
      withCell(0, "1"),
      /line 2: index must be 0, the next image of the run, got 1/,
    ],
    [
      "an image that the data set lacks",
      withCell(0, "26"),
      /line 2: index must be 0, the next image of the run, got 26/,
    ],
    ["a word", withCell(9, "many"), /line 2: pA must be a probability, got "many"/],
  ])("refuses rows that cannot be: %s", async (_, change, message) => {
    await run();
    const path = join(folder, "rows.csv");
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    await writeFile(path, `${change(lines).join("\n")}\n`);
    await expect(readRecord(folder)).rejects.toThrow(message);
    await expect(run()).rejects.toThrow(message);
  });

  it.each([
    ["{}", /configuration\.json: configuration is missing, expected an object$/],
    ["null", /configuration\.json: must be an object, got null$/],
    ["[]", /configuration\.json: must be an object, got \[\]$/],
    ["{", /configuration\.json: is not valid JSON: /],
    ['{"configuration": {}}', /configuration\.json: format is missing, expected 2$/],
  ])("refuses a configuration that is none, and does not write over it: %s", async (text, message) => {
    await run();
    const path = join(folder, "configuration.json");
    await writeFile(path, text);
    await expect(readRecord(folder)).rejects.toThrow(message);
    await expect(run()).rejects.toThrow(message);
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("leaves no folder behind if an option is out of range", async () => {
    for (const wrong of [{ alpha: 2 }, { n: 0 }, { n0: 0 }, { seed: -1 }, { every: 0 }]) {
      await expect(run(wrong)).rejects.toThrow(RangeError);
    }
    await expect(run({ classifier: halfSpaceClassifier(5, 0.5) })).rejects.toThrow(
      "the base classifier takes inputs of 5 values, but stripes has 4",
    );
    await expect(access(folder)).rejects.toThrow(/ENOENT/);
  });

  it("is not begun if a σ(x) that is said to be constant differs between two images", async () => {
    const sigma = async (inputs: readonly Float32Array[]) => Float64Array.from(inputs, (x) => 0.25 + x[0]);
    await expect(run({ variance: { ...constant(0.25), name: "mine", sigma } })).rejects.toThrow(
      /^σ\(x\) must be 0\.25 at image 2, as at image 0, because mine is constant, got 0\.32/,
    );
    await expect(access(join(folder, "configuration.json"))).rejects.toThrow(/ENOENT/);
  });

  it("is not begun if its values of σ(x) refute the rate, or if no noise of one can be sampled", async () => {
    const jump = userFunction({ name: "jump", rate: 0.1, eta: 0, sigma: (x) => (x[0] > 0.5 ? 0.5 : 0.25) });
    await expect(certifyStripes(folder, { variance: jump })).rejects.toThrow(
      /^jump: the rate 0.1 does not hold: between images \d+ and \d+, [\d.]+ apart, ln σ changes by 0.6931$/,
    );
    const small = userFunction({
      name: "small",
      rate: 1e9,
      eta: 0,
      sigma: (x) => (x[0] > 0.9 ? 1e-5 : 0.25),
    });
    await expect(certifyStripes(folder, { variance: small })).rejects.toThrow(
      /^image 24: sigma must be at least 0\.000149678/,
    );
    expect(existsSync(join(folder, "configuration.json"))).toBe(false);
  });

  it("is refused with a command that is no text, before anything is written", async () => {
    const command = ["node", "run.js"] as unknown as string;
    await expect(certifyStripes(folder, { command })).rejects.toThrow(
      "command must be a text, got node,run.js",
    );
    expect(existsSync(folder)).toBe(false);
    await certifyStripes(folder);
    const renewed = `${folder}-renewed`;
    await expect(recertify(folder, { alpha: 0.02 }, renewed, command)).rejects.toThrow(
      "command must be a text",
    );
    expect(existsSync(renewed)).toBe(false);
  });

  it("names the file that a folder lacks to be a record", async () => {
    await expect(readRecord(folder)).rejects.toThrow(/: no record \(no configuration\.json\)$/);
  });
});

describe("two writers of one record", () => {
  it("are kept apart, and the first one finishes", async () => {
    await certifyStripes(folder);
    const { configuration } = await readRecord(folder);
    const first = await openRecord(folder, { configuration, command: "first" });
    await expect(certifyStripes(folder)).rejects.toThrow(/run: another run is writing this record/);
    await first.close();
    await certifyStripes(folder);
    await expect(access(join(folder, ".lock"))).rejects.toThrow(/ENOENT/);
  });

  it("the lock of a running one is not taken, even if its clock is far behind", async () => {
    const path = join(folder, ".lock");
    await mkdir(path, { recursive: true });
    const renew = (): Promise<void> => utimes(path, new Date(), new Date(Date.now() - 3_600_000));
    await renew();
    const renewing = setInterval(() => void renew(), 300);
    await expect(certifyStripes(folder)).rejects.toThrow(/run: another run is writing this record/);
    clearInterval(renewing);
    await expect(access(join(folder, "configuration.json"))).rejects.toThrow(/ENOENT/);
  });

  it("the wait for a lock ends when the run is aborted", async () => {
    await mkdir(join(folder, ".lock"), { recursive: true });
    const started = performance.now();
    const waiting = certifyStripes(folder, { signal: AbortSignal.timeout(200) });
    await expect(waiting).rejects.toThrow(/timeout/);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe("a run that ends early", () => {
  it("keeps finished rows when aborted, and releases the folder", async () => {
    await run();
    const undisturbed = await rowsWithoutSeconds();
    for (const stopAt of [1, 4, 12]) {
      await rm(folder, { recursive: true });
      const abort = new AbortController();
      const aborted = run({
        signal: abort.signal,
        onRow: (_row, { done }) => {
          if (done === stopAt) abort.abort(new Error("interrupted"));
        },
      });
      await expect(aborted).rejects.toThrow("interrupted");
      expect((await readRecord(folder)).rows.length).toBe(stopAt);
      await run();
      expect(await rowsWithoutSeconds()).toEqual(undisturbed);
    }
  });

  it("keeps finished rows when the base classifier fails", async () => {
    const classifier = halfSpaceClassifier(4, 0.5);
    let calls = 0;
    const failing = {
      ...classifier,
      classify: (batch: Float32Array) =>
        ++calls > 12 ? Promise.reject(new Error("out of memory")) : classifier.classify(batch),
    };
    await expect(run({ classifier: failing })).rejects.toThrow("out of memory");
    expect((await readRecord(folder)).rows.length).toBeGreaterThan(0);
    await run();
    expect((await readRecord(folder)).rows.length).toBe(13);
  });

  it("loses no finished row when the disk is full in the middle of one", async () => {
    await run();
    const undisturbed = await rowsWithoutSeconds();
    await rm(folder, { recursive: true });
    const handle = await open(__filename);
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    let writes = 0;
    const appendFile = vi.spyOn(files, "appendFile").mockImplementation(async function (
      this: FileHandle,
      text,
    ) {
      const full = ++writes === 5;
      await this.write(full ? String(text).slice(0, 20) : String(text));
      if (full) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    });
    await expect(run()).rejects.toThrow(/rows\.csv: cannot be written; finished rows are kept: ENOSPC/);
    appendFile.mockRestore();
    expect(await readFile(join(folder, "rows.csv"), "utf8")).toMatch(/(.+\n){5}.{20}$/);
    const told: number[] = [];
    await run({ onRow: ({ index }) => told.push(index) });
    expect(told[0]).toBe(8);
    expect(await rowsWithoutSeconds()).toEqual(undisturbed);
  });

  it("reports that a folder cannot be written", async () => {
    await mkdir(dirname(folder), { recursive: true });
    await writeFile(folder, "a file, not a folder");
    await expect(run()).rejects.toThrow(/run: cannot be written: /);
  });
});

describe("stopping before n samples", () => {
  it("names the plan, takes fewer samples, and certifies what the fixed plan certifies at that radius", async () => {
    const n = 20_000;
    const fixed = await newFolder();
    await certifyStripes(fixed, { n });
    const expected = (await readRecord(fixed)).rows;
    await run({ n, plan: decidePlan(0.2) });
    const { configuration, rows } = await readRecord(folder);
    expect(configuration).toMatchObject({
      n,
      sampling: { name: "decide", parameters: { radius: 0.2 } },
      bound: "confidence-sequence",
    });
    const samples = rows.reduce((sum, row) => sum + row.n, 0);
    expect(samples).toBeLessThan((13 * n) / 5);
    rows.forEach((row, i) => {
      // Only an image whose radius is next to 0.2 may come out differently.
      if (Math.abs(expected[i].radius - 0.2) > 0.01) {
        expect(row.radius >= 0.2).toBe(expected[i].radius >= 0.2);
      }
    });
    await rm(dirname(fixed), { recursive: true });
  });

  it("gives the record of an uninterrupted run, wherever it was cut off", async () => {
    const plan = gainPlan(0.3);
    await run({ n: 5000, plan });
    const undisturbed = await rowsWithoutSeconds();
    const abort = new AbortController();
    await rm(folder, { recursive: true });
    const stop = (_row: RecordRow, { done }: RunProgress): void => {
      if (done === 3) abort.abort(new Error("interrupted"));
    };
    await run({ n: 5000, plan, signal: abort.signal, onRow: stop }).catch(() => {});
    await run({ n: 5000, plan });
    expect(await rowsWithoutSeconds()).toEqual(undisturbed);
  });
});

describe("shared noise", () => {
  it("is named by the record, does not depend on where a run was cut off, and gives other votes", async () => {
    await run();
    const [independent] = await rowsWithoutSeconds();
    await rm(folder, { recursive: true });
    await run({ sharedNoise: true });
    expect((await readRecord(folder)).configuration.noise).toMatch(/, shared by all inputs$/);
    const undisturbed = await rowsWithoutSeconds();
    expect(undisturbed[0]).not.toEqual(independent);
    const path = join(folder, "rows.csv");
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, `${lines.slice(0, 6).join("\n")}\n`);
    await run({ sharedNoise: true });
    expect(await rowsWithoutSeconds()).toEqual(undisturbed);
  });
});

describe("the progress of a run", () => {
  it("counts images and samples, and ends at 100 %", async () => {
    const told: RunProgress[] = [];
    await run({ onRow: (_row, progress) => told.push(progress) });
    expect(told.map(({ done }) => done)).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
    const last = told[12];
    expect(last).toMatchObject({ done: 13, total: 13, secondsLeft: 0 });
    expect(last.samplesPerSecond).toBeGreaterThan(0);
    const { rows } = await readRecord(folder);
    expect(last.certifiedAccuracy).toBeCloseTo(rows.filter(({ correct }) => correct).length / 13, 12);
  });
});
