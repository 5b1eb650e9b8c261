import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRecord } from "../../src/experiments/record";
import { noMnist } from "../datasets/mnist-available";
import { rowsOf } from "../experiments/stripes";

const project = join(__dirname, "../..");
const noPython = spawnSync("python3", ["-c", "import pty"]).status !== 0;
const model = join(project, "models/mnist-sigma-0.5178/model.onnx");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Starts a command as a user does, by a `launcher` or without; `ended` is fulfilled when it has ended. */
function start(args: string[], launcher: string[] = []): { process: ChildProcess; ended: Promise<Ended> } {
  const [command, ...rest] = [...launcher, process.execPath, join(project, "bin/idrs.js"), ...args];
  const process_ = spawn(command, rest, { cwd: folder });
  let [out, err] = ["", ""];
  process_.stdout.on("data", (data) => (out += String(data)));
  process_.stderr.on("data", (data) => (err += String(data)));
  const ended = new Promise<Ended>((resolve) => process_.on("close", (code) => resolve({ code, out, err })));
  return { process: process_, ended };
}

/** Certifies twenty MNIST images, in a way that takes a few seconds. */
function certify(out: string, ...more: string[]): ReturnType<typeof start> {
  const sampling = ["--sigma", "0.5", "--every", "500", "--n", "1000", "--n0", "50", "--seed", "7"];
  const setup = ["--workers", "1", "--batch-size", "50"];
  return start(["certify", "--model", model, ...sampling, ...setup, "--out", out, ...more]);
}

/** Certifies images by their indices, in the same way. */
function certifyImages(out: string, images: string): ReturnType<typeof start> {
  const options = `--sigma 0.5 --n 1000 --n0 50 --seed 7 --workers 1 --batch-size 50 --images ${images}`;
  return start(["certify", "--model", model, ...options.split(" "), "--out", out]);
}

async function rowsWritten(record: string): Promise<number> {
  const path = join(folder, record, "rows.csv");
  return existsSync(path) ? (await readFile(path, "utf8")).split("\n").length - 2 : 0;
}

async function untilRows(record: string, count: number): Promise<void> {
  while ((await rowsWritten(record)) < count) await sleep(20);
}

describe.skipIf(noMnist)("a certification run on the command line", () => {
  beforeAll(async () => {
    const { code, out } = await certify("whole").ended;
    expect([code, out]).toEqual([0, "record in whole\n"]);
    expect(await rowsWritten("whole")).toBe(20);
  });

  it("ends with the record of an uninterrupted run after it was killed twice", async () => {
    for (const rows of [3, 9]) {
      const { process, ended } = certify("killed");
      await untilRows("killed", rows);
      await sleep(100); // into the next image
      process.kill("SIGKILL");
      await ended;
      expect(await rowsWritten("killed")).toBeLessThan(20);
    }
    expect((await certify("killed").ended).code).toBe(0);
    expect(await rowsOf(join(folder, "killed"))).toEqual(await rowsOf(join(folder, "whole")));
  });

  it("that was paused notices its replacement and does not harm it", { timeout: 60_000 }, async () => {
    const paused = certify("paused");
    await untilRows("paused", 4);
    paused.process.kill("SIGSTOP");
    const second = certify("paused");
    await untilRows("paused", (await rowsWritten("paused")) + 4);
    paused.process.kill("SIGCONT");
    const [one, two] = await Promise.all([paused.ended, second.ended]);
    expect(one.code).toBe(1);
    expect(one.err.trim().split("\n").at(-1)).toBe(
      `idrs: paused: another run has begun to write this record (process ${second.process.pid} on ${hostname()})`,
    );
    expect([two.code, two.out]).toEqual([0, "record in paused\n"]);
    expect(await rowsOf(join(folder, "paused"))).toEqual(await rowsOf(join(folder, "whole")));
  });

  it.each([
    ["rows.csv", /^idrs: removed\/rows\.csv: was removed while this run was writing the record$/],
    [".", /^idrs: removed: was removed while this run was writing the record$/],
  ])("ends with an error when %s is removed", async (name, message) => {
    const { ended } = certify("removed");
    await untilRows("removed", 3);
    await rm(join(folder, "removed", name), { recursive: true });
    const { code, err } = await ended;
    expect(code).toBe(1);
    expect(err.trim().split("\n").at(-1)).toMatch(message);
    await rm(join(folder, "removed"), { recursive: true, force: true });
  });

  it("ends cleanly on Ctrl-C, which npx sends twice, says how to resume, and resumes", async () => {
    const { process, ended } = certify("interrupted");
    await untilRows("interrupted", 5);
    process.kill("SIGINT");
    await sleep(10);
    process.kill("SIGINT");
    const { code, err } = await ended;
    expect(existsSync(join(folder, "interrupted/.lock"))).toBe(false);
    expect(code).toBe(130);
    expect(err.trim().split("\n").at(-1)).toMatch(
      /^idrs: interrupted; \d+ of 20 images are done; the same command resumes with interrupted$/,
    );
    expect((await certify("interrupted", "--quiet").ended).code).toBe(0);
    expect(await rowsOf(join(folder, "interrupted"))).toEqual(await rowsOf(join(folder, "whole")));
  });

  it("is split among parallel processes, and merged into the record of the whole run", async () => {
    const parts = [1, 2, 3].map((i) => `part-${i}`);
    const runs = await Promise.all(parts.map((part, i) => certify(part, "--shard", `${i + 1}/3`).ended));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const merge = await start(["merge", "merged", ...parts]).ended;
    expect(merge).toEqual({ code: 0, out: "record of 20 images in merged\n", err: "" });
    expect(await rowsOf(join(folder, "merged"))).toEqual(await rowsOf(join(folder, "whole")));
    const [merged, whole] = [
      await readRecord(join(folder, "merged")),
      await readRecord(join(folder, "whole")),
    ];
    expect(merged.configuration).toEqual(whole.configuration);
    // The command that a merge records makes its record again, whatever its folder is called.
    const strange = "a $& b's";
    expect((await start(["merge", strange, ...parts]).ended).code).toBe(0);
    const { command } = await readRecord(join(folder, strange));
    const made = await rowsOf(join(folder, strange));
    await rm(join(folder, strange), { recursive: true });
    const shell = ["sh", "-c", `idrs() { "$0" "$@"; }; ${command}`];
    expect(
      spawnSync(shell[0], [...shell.slice(1), join(project, "bin/idrs.js")], { cwd: folder }).status,
    ).toBe(0);
    expect(await rowsOf(join(folder, strange))).toEqual(made);
    const again = await start(["merge", "merged-again", "part-1", "part-3"]).ended;
    expect(again).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^idrs: 7 of 20 images are in no part/),
    });
  });

  it.skipIf(noPython)(
    "draws a bar with images, speed, time left and certified accuracy on a terminal",
    async () => {
      const onTerminal = ["python3", "-c", "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"];
      const options = "--sigma 0.5 --every 1000 --n 100 --out terminal".split(" ");
      const { code, out } = await start(["certify", "--model", model, ...options], onTerminal).ended;
      expect(code).toBe(0);
      expect(out).toMatch(
        /█+ 10\/10 images \| [\d,]+ samples\/s \| 0 s left \| certified accuracy [01]\.\d{3}/,
      );
    },
  );

  it("certifies the images named by --images", async () => {
    expect((await certifyImages("named", "0,500,1500-2500:500").ended).code).toBe(0);
    const named = await rowsOf(join(folder, "named"));
    const indices = [0, 500, 1500, 2000, 2500];
    const whole = (await rowsOf(join(folder, "whole"))) as { index: number }[];
    expect(named).toEqual(whole.filter(({ index }) => indices.includes(index)));
  });

  it("prints lines of progress without a terminal, and nothing with --quiet", async () => {
    const { err } = await certify("lines").ended;
    expect(err.trim().split("\n").at(-1)).toMatch(
      /^20\/20 images, [\d,]+ samples\/s, 0 s left, certified accuracy [01]\.\d{3}$/,
    );
    expect(await certify("quiet", "--quiet").ended).toEqual({ code: 0, out: "", err: "" });
  });

  it("is recomputed from its votes", async () => {
    const { code, out } = await start(["recertify", "whole", "--alpha", "0.05", "--out", "anew"]).ended;
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^record of 20 of 20 images in anew, certified accuracy /),
    ]);
    const [anew, whole] = [await readRecord(join(folder, "anew")), await readRecord(join(folder, "whole"))];
    anew.rows.forEach((row, i) => expect(row.pA).toBeGreaterThan(whole.rows[i].pA));
  });

  it.each([
    [["--shard", "3/2"], /'3\/2' is invalid. expected PART\/PARTS with 1 ≤ PART ≤ PARTS/],
    [["--decide", "0.5", "--gain", "0.1"], /give --decide or --gain, not both/],
    [["--mean", "0.5"], /give --mean and --std together/],
    [
      ["--images", "5,3"],
      /'5,3' is invalid. expected indices in ascending order such as "0,5,7-20,100-200:20"/,
    ],
    [["--images", "7"], /option '--images <indices>' cannot be used with option '--every <count>'/],
    [["--n", "9"], /n must be at least 10 to certify anything at alpha = 0.001, got 9/],
    [["--mean", "0.5,0.5", "--std", "1,1"], /mean must be 1 numbers, one for each channel, got \[0.5, 0.5\]/],
    [["--device", "cuda"], /device cuda is not available/],
    [
      ["--seed", "8", "--out", "whole"],
      /whole holds a run with another configuration: seed is 7 there and 8 here/,
    ],
  ])("refuses %j in one line", async (more, message) => {
    const { code, err } = await certify("refused", ...more).ended;
    expect(code).not.toBe(0);
    expect(
      err
        .trim()
        .split("\n")
        .filter((line) => line.startsWith("idrs:")),
    ).toHaveLength(1);
    expect(err).toMatch(message);
  });
});
