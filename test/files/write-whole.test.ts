import { mkdir, mkdtemp, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeWhole } from "../../src/files/write-whole";

it("a file is replaced as a whole, even by two writers at once, and no other file remains", async () => {
  const folder = await mkdtemp(join(tmpdir(), "idrs-"));
  const path = join(folder, "file");
  await writeFile(path, "before");
  const contents = ["a", "b", "c"].map((letter) => letter.repeat(1_000_000));
  await Promise.all(contents.map((content) => writeWhole(path, content)));
  expect(contents).toContain(await readFile(path, "utf8"));
  expect(await readdir(folder)).toEqual(["file"]);
});

it.skipIf(process.platform === "win32")("a file keeps its permissions, and a link its file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "idrs-"));
  const [file, link] = ["file", "link"].map((name) => join(folder, name));
  await writeFile(file, "before", { mode: 0o600 });
  await symlink(file, link);
  await writeWhole(link, "after");
  expect(await readFile(file, "utf8")).toBe("after");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readlink(link)).toBe(file);
  expect((await readdir(folder)).sort()).toEqual(["file", "link"]);
});

it("a failed write names the file, keeps the old content, and leaves no other file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "idrs-"));
  await mkdir(join(folder, "taken", "inner"), { recursive: true });
  await expect(writeWhole(join(folder, "taken"), "content")).rejects.toThrow(
    `${join(folder, "taken")}: cannot be written: `,
  );
  await expect(writeWhole(join(folder, "none", "file"), "content")).rejects.toThrow(
    /none.file: cannot be written/,
  );
  expect(await readdir(folder)).toEqual(["taken"]);
  expect(await readdir(join(folder, "taken"))).toEqual(["inner"]);
});
