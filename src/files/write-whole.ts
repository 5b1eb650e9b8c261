import { randomUUID } from "node:crypto";
import { open, realpath, rename, rm, stat } from "node:fs/promises";

/**
 * Writes a file as a whole or not at all. The content is first written to disk under another name in the same
 * folder, and then renamed. If writing or renaming fails, an existing file stays unchanged, and no other file
 * remains. A file that is replaced keeps its permissions. A link stays a link: the file to which it leads is replaced.
 *
 * @param check - is called before the file is renamed; if it throws, an existing file stays unchanged
 * @throws Error naming the file
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  check?: () => Promise<void>,
): Promise<void> {
  const target = await realpath(path).catch(() => path); // there may be no file yet
  const part = `${target}.${randomUUID().slice(0, 8)}.part`;
  try {
    const existing = await stat(target).catch(() => undefined);
    const file = await open(part, "wx");
    try {
      if (existing) await file.chmod(existing.mode & 0o777);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await check?.();
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw new Error(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
