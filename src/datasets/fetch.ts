import { createWriteStream } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { list as listArchive } from "tar";
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

/**
 * Gets data files out of one gzipped tar archive, each as a plain file.
 *
 * Safe to repeat and to interrupt, as {@link downloadDataFile} is.
 *
 * @param address - of the archive
 * @returns for each file in turn, whether it was present or is downloaded now
 * @throws Error saying why the archive was not to be had, or which file of it is not the published one
 */
export async function downloadArchive(
  folder: string,
  files: readonly DataFile[],
  address: string,
): Promise<Fetched[]> {
  const present = await Promise.all(files.map((file) => isPresent(folder, file)));
  const missing = new Map(files.filter((_, i) => !present[i]).map((file) => [file.name, file]));
  if (missing.size > 0) {
    await mkdir(folder, { recursive: true });
    const part = join(folder, `${basename(new URL(address).pathname)}.part`);
    try {
      await download(new URL(address), part);
      await unpack(folder, part, missing).catch(async (error: Error) => {
        await rm(part); // an archive that is wrong: the next attempt must not build on it
        throw error;
      });
    } catch (error) {
      throw new Error(
        `${address} could not be downloaded (${reason(error as Error)}); ` +
          `"--from FOLDER" takes the files from a local copy`,
        { cause: error },
      );
    }
    await rm(part);
  }
  return present.map((was) => (was ? "present" : "downloaded"));
}

/** Writes the files that are wanted out of an archive, each once it is verified. */
async function unpack(folder: string, archive: string, wanted: Map<string, DataFile>): Promise<void> {
  const contents = new Map<DataFile, Promise<Buffer>>();
  await listArchive({
    file: archive,
    strict: true,
    onReadEntry: (entry) => {
      const file = wanted.get(basename(entry.path));
      if (file) contents.set(file, entry.concat());
      else entry.resume();
    },
  });
  for (const file of wanted.values()) {
    const content = await contents.get(file);
    if (!content) throw new Error(`${file.name} is not in the archive`);
    const target = join(folder, file.name);
    await writeFile(`${target}.part`, await verified(target, content, file));
    await rename(`${target}.part`, target);
  }
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
