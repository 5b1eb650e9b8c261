import { mkdtemp, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "../../src/files/make-folder";
import { requireWritable } from "../../src/files/require-writable";

it("creates a folder with its parents, repeatedly without harm, or says at once why it cannot", async () => {
  const folder = await mkdtemp(join(tmpdir(), "idrs-"));
  const deep = join(folder, "a", "b", "c");
  await Promise.all([1, 2, 3].map(() => makeFolder(deep)));
  await makeFolder(`${deep}/`);
  expect((await stat(deep)).isDirectory()).toBe(true);
  await writeFile(join(folder, "file"), "");
  for (const path of ["file", "file/in", "file/in/it"].map((name) => join(folder, name))) {
    await expect(makeFolder(path)).rejects.toThrow(`${path}: cannot be written: `);
  }
});

it.skipIf(process.platform !== "linux")("ends where no folder can be made", async () => {
  for (const path of ["/proc/none", "/proc/none/in"]) {
    await expect(makeFolder(path)).rejects.toThrow(`${path}: cannot be written: `);
  }
  await expect(requireWritable("/proc/file")).rejects.toThrow("/proc/file: cannot be written: ");
});
