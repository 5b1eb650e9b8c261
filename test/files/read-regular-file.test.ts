import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, open, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readNotebook } from "../../src/kernel/notebook-file";
import { readRecord } from "../../src/experiments/record";
import { readRegularFile } from "../../src/files/read-regular-file";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-"));
});

describe("reading a regular file", () => {
  it("returns its content, also through a symbolic link, and undefined if there is none", async () => {
    await writeFile(join(folder, "file"), "content");
    await symlink(join(folder, "file"), join(folder, "link"));
    expect((await readRegularFile(join(folder, "file"), 7))?.toString()).toBe("content");
    expect((await readRegularFile(join(folder, "link"), 7))?.toString()).toBe("content");
    expect(await readRegularFile(join(folder, "none"), 7)).toBeUndefined();
    expect(await readRegularFile(join(folder, "file", "below"), 7)).toBeUndefined();
  });

  it("refuses a file that is too large before allocating memory", async () => {
    const large = await open(join(folder, "large"), "w");
    await large.truncate(6 * 2 ** 30); // 6 GiB without a block on the disk
    await large.close();
    const before = process.memoryUsage().rss;
    await expect(readRegularFile(join(folder, "large"), 100)).rejects.toThrow(
      `${join(folder, "large")}: cannot be read: has 6442450944 bytes, expected at most 100`,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });

  it.skipIf(process.platform === "win32")(
    "refuses a folder, a pipe, a socket and a device at once",
    async () => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      await mkdir(join(folder, "folder"));
      const server = createServer().listen(join(folder, "socket"));
      await new Promise((resolve) => server.once("listening", resolve));
      try {
        await expect(readRegularFile(pipe, 7)).rejects.toThrow(
          `${pipe}: cannot be read: is a pipe, expected a file`,
        );
        await expect(readRegularFile(join(folder, "folder"), 7)).rejects.toThrow(
          /is a folder, expected a file/,
        );
        await expect(readRegularFile("/dev/zero", 7)).rejects.toThrow(/is a device, expected a file/);
        await expect(readRegularFile(join(folder, "socket"), 7)).rejects.toThrow(/socket: cannot be read/);
      } finally {
        server.close();
      }
    },
  );

  it.skipIf(process.platform === "win32")(
    "is what notebooks and records are read with: a pipe does not hang them",
    async () => {
      execFileSync("mkfifo", [join(folder, "a.ipynb"), join(folder, "configuration.json")]);
      await expect(readNotebook(join(folder, "a.ipynb"))).rejects.toThrow(/is a pipe/);
      await expect(readRecord(folder)).rejects.toThrow(/configuration\.json: cannot be read: is a pipe/);
    },
  );
});
