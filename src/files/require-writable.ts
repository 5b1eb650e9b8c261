import { randomUUID } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";

/**
 * Checks that a file can be written, before the work that produces its content begins. It must be possible to
 * create a second file in the same folder, which {@link writeWhole} requires, and if the path already exists,
 * it must lead to a file.
 *
 * @throws Error naming the file and the reason
 */
export async function requireWritable(path: string): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    const found = await stat(path).catch(() => undefined);
    if (found && !found.isFile()) throw new Error("it is not a file");
    await (await open(part, "wx")).close();
    await rm(part);
  } catch (error) {
    throw new Error(`${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
