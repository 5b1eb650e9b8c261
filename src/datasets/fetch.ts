import { createWriteStream } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type DataFile, MissingDataError, readDataFile, verified } from "./data-file";

/** What became of one file: it was there already, or it has just been downloaded or copied. */
export type Fetched = "present" | "downloaded" | "copied";

/**
 * Gets one data file from the first mirror that serves the published content, as `NAME.gz`.
 *
 * Safe to repeat: a file that is there and right is left alone. Safe to interrupt: the download grows in
 * `NAME.gz.part`, is continued from there the next time, and takes its name only once it is verified.
 *
 * @param mirrors - addresses that the name `NAME.gz` is appended to
 * @throws Error saying what each mirror answered, if none served the file
 */
export async function downloadDataFile(
  folder: string,
  file: DataFile,
  mirrors: readonly string[],
): Promise<Fetched> {
  if (await isPresent(folder, file)) return "present";
  await mkdir(folder, { recursive: true });
  const target = join(folder, `${file.name}.gz`);
  const part = `${target}.part`;
  const failures: string[] = [];
  for (const mirror of mirrors) {
    try {
      await download(new URL(`${file.name}.gz`, mirror), part);
      await verified(target, await readFile(part), file).catch(async (error: Error) => {
        await rm(part); // what was downloaded is wrong: the next attempt must not build on it
        throw error;
      });
      await rename(part, target);
      return "downloaded";
    } catch (error) {
      failures.push(`${mirror}: ${reason(error as Error)}`);
    }
  }
  throw new Error(
    `${file.name}.gz could not be downloaded (${failures.join("; ")}); ` +
      `"--from FOLDER" takes the files from a local copy`,
  );
}

/**
 * Copies one data file, plain or gzipped, out of a local folder, if it is the published one.
 *
 * @param sources - folders to look in, in this order
 * @throws MissingDataError if no folder has the file; Error if the file found is not the published one
 */
export async function copyDataFile(
  folder: string,
  file: DataFile,
  sources: readonly string[],
): Promise<Fetched> {
  if (await isPresent(folder, file)) return "present";
  for (const source of sources) {
    for (const name of [file.name, `${file.name}.gz`]) {
      const path = join(source, name);
      const stored = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
        throw new Error(`${path}: cannot be read: ${error.message}`, { cause: error });
      });
      if (!stored) continue;
      await verified(path, stored, file);
      await mkdir(folder, { recursive: true });
      await copyFile(path, join(folder, `${name}.part`));
      await rename(join(folder, `${name}.part`), join(folder, name));
      return "copied";
    }
  }
  throw new MissingDataError(`${file.name} (or ${file.name}.gz) is not in ${sources.join(" or ")}`);
}

/** Whether the folder holds the file, verified. A file that is there but wrong is an error, never overwritten. */
async function isPresent(folder: string, file: DataFile): Promise<boolean> {
  try {
    await readDataFile(folder, file);
    return true;
  } catch (error) {
    if (error instanceof MissingDataError) return false;
    throw new Error(`${(error as Error).message}; remove the file to fetch it again`, { cause: error });
  }
}

/** Downloads to a file, continuing after the bytes it already has where the server can. */
async function download(address: URL, part: string): Promise<void> {
  const have = await stat(part).then(
    (status) => status.size,
    () => 0,
  );
  const response = await fetch(address, have > 0 ? { headers: { range: `bytes=${have}-` } } : {});
  if (response.status === 416) return; // nothing after what is there: it is complete
  if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
  const flags = response.status === 206 ? "a" : "w";
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(part, { flags }));
}

/** fetch reports a network failure as "fetch failed" and keeps what happened in the cause. */
function reason(error: Error): string {
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
