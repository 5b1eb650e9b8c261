import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Parser, type ReadEntry } from "tar";
import { readRegularFile } from "../files/read-regular-file";
import { writeWhole } from "../files/write-whole";
import { type DataFile, largestStored, MissingDataError, readDataFile, verified } from "./data-file";
import { makeFolder } from "../files/make-folder";

/** The outcome of fetching one file: the file was already present, was downloaded, or was copied. */
export type Fetched = "present" | "downloaded" | "copied";

/**
 * Downloads one data file as `NAME.gz`, from the first mirror that serves the published content.
 *
 * Repeating a call is safe: a correct file is left unchanged. Interrupting a call is safe: the download is
 * written to `NAME.gz.part`, the next call continues it, and the file gets its final name only after
 * verification.
 *
 * @param mirrors - addresses to which `NAME.gz` is appended
 * @throws Error if no mirror served the file, naming the response of each mirror
 */
export async function downloadDataFile(
  folder: string,
  file: DataFile,
  mirrors: readonly string[],
): Promise<Fetched> {
  if (await isPresent(folder, file)) return "present";
  await makeFolder(folder);
  const target = join(folder, `${file.name}.gz`);
  const part = `${target}.part`;
  const failures: string[] = [];
  for (const mirror of mirrors) {
    try {
      const atMost = largestStored(file);
      await download(new URL(`${file.name}.gz`, mirror), part, atMost);
      try {
        await verified(target, (await readRegularFile(part, atMost)) ?? Buffer.alloc(0), file);
      } catch (error) {
        await rm(part, { force: true }); // the download is wrong: the next attempt must not continue it
        throw error;
      }
      await rename(part, target);
      return "downloaded";
    } catch (error) {
      failures.push(`${mirror}: ${reason(error as Error)}`);
    }
  }
  throw new Error(
    `${file.name}.gz could not be downloaded (${failures.join("; ")}); ` +
      `"--from FOLDER" copies the files from a local folder instead`,
  );
}

/**
 * Copies one data file, plain or gzipped, from a local folder, after checking that it is the published file.
 *
 * @param sources - the folders to search, in this order
 * @throws MissingDataError if no folder has the file; Error if the file differs from the published one
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
      const stored = await readRegularFile(path, largestStored(file));
      if (!stored) continue;
      await verified(path, stored, file);
      await makeFolder(folder);
      await writeWhole(join(folder, name), stored);
      return "copied";
    }
  }
  throw new MissingDataError(`${file.name} (or ${file.name}.gz) is not in ${sources.join(" or ")}`);
}

/**
 * Downloads a gzipped tar archive and extracts its data files uncompressed.
 *
 * As with {@link downloadDataFile}, repeating or interrupting a call is safe.
 *
 * @param address - the address of the archive
 * @returns a list that says, for each file, whether it was already present or has been downloaded
 * @throws Error naming the reason why the archive could not be downloaded, or the file that differs from the
 *   published one
 */
export async function downloadArchive(
  folder: string,
  files: readonly DataFile[],
  address: string,
): Promise<Fetched[]> {
  const present = await Promise.all(files.map((file) => isPresent(folder, file)));
  const missing = new Map(files.filter((_, i) => !present[i]).map((file) => [file.name, file]));
  if (missing.size > 0) {
    await makeFolder(folder);
    const part = join(folder, `${basename(new URL(address).pathname)}.part`);
    try {
      await download(new URL(address), part, LARGEST_ARCHIVE);
      await unpack(folder, part, missing).catch(async (error: Error) => {
        await rm(part, { force: true }); // the archive is wrong: the next attempt must not continue it
        throw error;
      });
    } catch (error) {
      throw new Error(
        `${address} could not be downloaded (${reason(error as Error)}); ` +
          `"--from FOLDER" copies the files from a local folder instead`,
        { cause: error },
      );
    }
    await rm(part);
  }
  return present.map((was) => (was ? "present" : "downloaded"));
}

/**
 * The maximum size in bytes of an archive, packed or unpacked. The archive of CIFAR-10 has 170 MB packed and
 * 184 MB unpacked.
 */
const LARGEST_ARCHIVE = 2 ** 30;

/** Extracts the wanted files from an archive. Each file is verified before it is written. */
async function unpack(folder: string, archive: string, wanted: Map<string, DataFile>): Promise<void> {
  const contents = await contentsOf(archive, wanted);
  for (const file of wanted.values()) {
    const content = contents.get(file);
    if (!content) throw new Error(`${file.name} is not in the archive`);
    const target = join(folder, file.name);
    await writeWhole(target, await verified(target, content, file));
  }
}

/**
 * Returns the contents of the requested files in an archive. Declared sizes are checked before memory is
 * allocated.
 */
async function contentsOf(archive: string, wanted: Map<string, DataFile>): Promise<Map<DataFile, Buffer>> {
  const contents = new Map<DataFile, Promise<Buffer>>();
  const source = createReadStream(archive);
  let unpacked = 0;
  const refusal = (entry: ReadEntry, file: DataFile | undefined): string | undefined => {
    if (file && entry.type !== "File")
      return `${file.name}: is a ${entry.type} in the archive, expected a file`;
    if (file && contents.has(file)) return `${file.name}: is in the archive twice`;
    if (file && entry.size !== file.bytes) {
      return `${file.name}: has ${entry.size} bytes in the archive, expected ${file.bytes}`;
    }
    unpacked += entry.size;
    return unpacked > LARGEST_ARCHIVE ? `it unpacks to more than ${LARGEST_ARCHIVE} bytes` : undefined;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const parser = new Parser({ strict: true });
      parser.on("entry", (entry: ReadEntry) => {
        const file = wanted.get(basename(entry.path));
        const refused = refusal(entry, file);
        if (refused) return parser.abort(new Error(refused));
        if (!file) return entry.resume();
        const content = entry.concat();
        content.catch(reject);
        contents.set(file, content);
      });
      parser.on("error", reject);
      parser.on("end", resolve);
      source.on("error", reject);
      source.pipe(parser as unknown as NodeJS.WritableStream);
    });
  } finally {
    source.destroy();
  }
  return new Map(
    await Promise.all([...contents].map(async ([file, content]) => [file, await content] as const)),
  );
}

/**
 * Returns whether a folder holds a data file, and verifies the file. A file with wrong content causes an
 * error and is never overwritten.
 */
async function isPresent(folder: string, file: DataFile): Promise<boolean> {
  try {
    await readDataFile(folder, file);
    return true;
  } catch (error) {
    if (error instanceof MissingDataError) return false;
    throw new Error(`${(error as Error).message}; remove the file to fetch it again`, { cause: error });
  }
}

/**
 * Downloads data of at most a given size to a file. If the file is partial and the server supports it, the
 * download continues.
 */
async function download(address: URL, part: string, atMost: number): Promise<void> {
  const status = await stat(part).catch(() => undefined);
  if (status && !status.isFile()) throw new Error(`${part} must be a file, or not exist`);
  const have = status?.size ?? 0;
  const response = await fetch(address, have > 0 ? { headers: { range: `bytes=${have}-` } } : {});
  if (response.status === 416) return; // the server has no further bytes: the file is complete
  if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
  const continues = response.status === 206;
  let length = continues ? have : 0;
  await pipeline(
    Readable.fromWeb(response.body as never),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        length += chunk.length;
        if (length > atMost) throw new Error(`is longer than ${atMost} bytes`);
        yield chunk;
      }
    },
    createWriteStream(part, { flags: continues ? "a" : "w" }),
  );
}

/**
 * Returns the reason of a failed download. For a network failure, fetch throws "fetch failed" and gives the
 * reason in `cause`.
 */
function reason(error: Error): string {
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
