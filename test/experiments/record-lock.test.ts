import { spawnSync } from "node:child_process";
import {
  mkdir,
  type FileHandle,
  open,
  readdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readRecord, type RecordRow } from "../../src/experiments/record";
import { type OpenRecord, openRecord, writeRecord } from "../../src/experiments/record-writer";
import { certifyStripes, newFolder, rowsOf } from "./stripes";

let [folder, lock, table]: string[] = [];
let rows: readonly RecordRow[];
let begin: (shown?: number) => Promise<OpenRecord>;
beforeEach(async () => {
  folder = await newFolder();
  [lock, table] = [join(folder, ".lock"), join(folder, "rows.csv")];
  const record = await certifyStripes(folder);
  rows = record.rows;
  begin = async () => openRecord(folder, { configuration: record.configuration });
  // As after three images.
  await writeFile(table, `${(await readFile(table, "utf8")).split("\n").slice(0, 4).join("\n")}\n`);
});
afterEach(() => rm(dirname(folder), { recursive: true }));

/** The lock of a process of this system that has ended: one that ran a moment ago. */
async function lockOfTheDead(): Promise<void> {
  const script = `
    const { lockRecord } = require(${JSON.stringify(join(__dirname, "../../dist/experiments/record-lock.js"))});
    lockRecord(${JSON.stringify(folder)}).then(() => process.kill(process.pid, "SIGKILL"));`;
  expect(spawnSync(process.execPath, ["-e", script]).signal).toBe("SIGKILL");
}

describe("the lock of a run that was killed", () => {
  it("on this system is taken over at once, whatever its date", async () => {
    for (const hours of [-1, 0, 1000]) {
      await lockOfTheDead();
      expect(JSON.parse(await readFile(lock, "utf8")).host).toBe(hostname());
      const date = new Date(Date.now() + hours * 3_600_000);
      await utimes(lock, date, date);
      const onWaiting = vi.fn();
      const started = performance.now();
      await certifyStripes(folder, { onWaiting });
      expect(performance.now() - started).toBeLessThan(2000);
      expect(onWaiting).not.toHaveBeenCalled();
    }
    expect(await readdir(folder)).toEqual(["configuration.json", "rows.csv"]);
  });

  it.each(["a file of another system", "a folder"])(
    "elsewhere is taken over after ten seconds, even if dated in the future: %s",
    { timeout: 20_000 },
    async (kind) => {
      if (kind === "a folder") await mkdir(lock);
      else
        await writeFile(
          lock,
          JSON.stringify({ token: "x", host: "far", system: "far", pid: 1, started: "1" }),
        );
      const ahead = new Date(Date.now() + 1e9);
      await utimes(lock, ahead, ahead);
      const onWaiting = vi.fn();
      const started = performance.now();
      await certifyStripes(folder, { onWaiting });
      const waited = performance.now() - started;
      expect([waited > 9_900, waited < 13_000]).toEqual([true, true]);
      expect(onWaiting).toHaveBeenCalledTimes(1);
    },
  );

  it("is not confused with that of another process with the same number", async () => {
    await lockOfTheDead();
    const owner = JSON.parse(await readFile(lock, "utf8"));
    // This process lives, and began at another time.
    await writeFile(lock, JSON.stringify({ ...owner, pid: process.pid }));
    const started = performance.now();
    await certifyStripes(folder);
    if (process.platform === "linux") expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("a writer that lost its lock", () => {
  /** Another writer takes the lock, as it does when this one is paused for more than ten seconds. */
  async function another(): Promise<OpenRecord> {
    await lockOfTheDeadInPlace();
    return begin();
  }
  async function lockOfTheDeadInPlace(): Promise<void> {
    await rename(lock, `${lock}.kept`);
    await lockOfTheDead();
    await rm(`${lock}.kept`);
  }

  it("writes nothing, says so, and leaves the lock to the new writer", async () => {
    const first = await begin();
    const second = await another();
    await second.append(rows[3]);
    const written = await readFile(table, "utf8");
    await expect(first.append(rows[3])).rejects.toThrow(
      new RegExp(`run: another run has begun to write this record \\(process ${process.pid} on `),
    );
    expect(await readFile(table, "utf8")).toBe(written);
    await first.close();
    await second.append(rows[4]);
    await second.close();
    expect((await readRecord(folder)).rows).toEqual(rows.slice(0, 5));
  });

  it("during a write does not reach the file of the new writer", async () => {
    const first = await begin();
    const handle = await open(__filename);
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const append = files.appendFile;
    let second: OpenRecord | undefined;
    const paused = vi.spyOn(files, "appendFile").mockImplementationOnce(async function (
      this: FileHandle,
      text,
    ) {
      second = await another();
      await append.call(this, text);
    });
    await expect(first.append(rows[3])).rejects.toThrow(/another run has begun to write this record/);
    paused.mockRestore();
    await first.close();
    for (const row of rows.slice(3)) await second?.append(row);
    await second?.close();
    expect((await readRecord(folder)).rows).toEqual(rows);
  });

  /** Calls a function when the next file that is written as a whole is about to get its name. */
  async function beforeNextRename(meanwhile: () => Promise<void>): Promise<void> {
    const handle = await open(__filename);
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const paused = vi.spyOn(files, "sync").mockImplementationOnce(async () => {
      paused.mockRestore();
      await meanwhile();
    });
  }

  it("while it writes a whole record does not replace the rows of the new writer", async () => {
    const { configuration } = await readRecord(folder);
    let second: OpenRecord | undefined;
    await beforeNextRename(async () => {
      second = await another();
      await second.append(rows[3]);
    });
    await expect(writeRecord(folder, { configuration, rows })).rejects.toThrow(
      /another run has begun to write this record/,
    );
    for (const row of rows.slice(4)) await second?.append(row);
    await second?.close();
    expect((await readRecord(folder)).rows).toEqual(rows);
  });

  it("while it begins a record does not replace the configuration of the new writer", async () => {
    const { configuration } = await readRecord(folder);
    await rm(folder, { recursive: true });
    let second: OpenRecord | undefined;
    await beforeNextRename(async () => {
      second = await another();
    });
    const first = openRecord(folder, { configuration: { ...configuration, seed: 9 } });
    await expect(first).rejects.toThrow(/another run has begun to write this record/);
    for (const row of rows) await second?.append(row);
    await second?.close();
    expect((await readRecord(folder)).configuration).toEqual(configuration);
  });

  it.each([
    [".lock", /run\/\.lock: was removed while this run was writing the record$/],
    ["rows.csv", /rows\.csv: was removed while this run was writing the record$/],
    [".", /\/run: was removed while this run was writing the record$/],
  ])("hears of it where %s was removed", async (name, message) => {
    const record = await begin();
    await rm(join(folder, name), { recursive: true });
    await expect(record.append(rows[3])).rejects.toThrow(message);
    await record.close();
  });

  it("notices that its table was replaced", async () => {
    const record = await begin();
    await writeFile(`${table}.new`, await readFile(table));
    await rename(`${table}.new`, table);
    await expect(record.append(rows[3])).rejects.toThrow(
      /rows\.csv: was replaced while this run was writing/,
    );
    await record.close();
  });
});

it("a run whose table is removed ends with an error, not with a record that lacks rows", async () => {
  const run = certifyStripes(folder, {
    onRow: (_row, { done }) => {
      if (done === 6) spawnSync("rm", [table]);
    },
  });
  await expect(run).rejects.toThrow(/rows\.csv: was removed while this run was writing the record$/);
  expect(await readdir(folder)).toEqual(["configuration.json"]);
});

it("the unfinished file of a killed writer is removed", async () => {
  await writeFile(join(folder, "rows.csv.0a1b2c3d.part"), "half");
  await writeFile(join(folder, "configuration.json.0a1b2c3d.part"), "half");
  await certifyStripes(folder);
  expect(await readdir(folder)).toEqual(["configuration.json", "rows.csv"]);
  expect(await rowsOf(folder)).toHaveLength(13);
});

it("rows without a configuration are refused", async () => {
  await rm(join(folder, "configuration.json"));
  await expect(certifyStripes(folder)).rejects.toThrow(
    /rows\.csv: expected configuration\.json in the same folder, got none; give another folder$/,
  );
});
