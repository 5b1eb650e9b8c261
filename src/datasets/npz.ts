import { crc32 } from "node:zlib";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { type NumpyArray, readNpy } from "./npy";

/** The arrays of a `.npz` file by name. Each array is read only on request. */
export interface NumpyArchive {
  readonly names: readonly string[];
  read(name: string): Promise<NumpyArray>;
}

const MOST_ENTRIES = 10_000;

/** The maximum compression ratio of Deflate. An array that declares a larger ratio is not unpacked. */
const MOST_PACKED = 1040;

/**
 * Opens NumPy's `.npz` format: a ZIP archive of `.npy` files. Nothing is written to disk.
 *
 * @param where - the name of the file in errors
 * @param atMost - the maximum size of an array, in bytes
 * @throws Error naming the file if it is not a ZIP archive or is damaged; when an array is read, Error if the
 *   array is larger than its declared size or larger than `atMost`
 */
export async function openNpz(where: string, content: Buffer, atMost: number): Promise<NumpyArchive> {
  const refused = (error: unknown): Error =>
    new Error(`${where}: is not a .npz file, or is damaged: ${(error as Error).message}`, { cause: error });
  const entries = new Map<string, Entry>();
  let archive: ZipFile;
  try {
    archive = await fromBufferPromise(content, {
      lazyEntries: true,
      strictFileNames: true,
      autoClose: false,
    });
    for await (const entry of archive.eachEntry()) {
      if (entries.size >= MOST_ENTRIES) throw new Error(`it has more than ${MOST_ENTRIES} arrays`);
      if (entry.fileName.endsWith(".npy")) entries.set(entry.fileName.slice(0, -4), entry);
    }
  } catch (error) {
    throw refused(error);
  }
  return {
    names: [...entries.keys()],
    async read(name) {
      const entry = entries.get(name);
      if (!entry) throw new Error(`${where}: has no array ${name}, only: ${[...entries.keys()].join(", ")}`);
      const { uncompressedSize, compressedSize } = entry;
      if (uncompressedSize > atMost || uncompressedSize > MOST_PACKED * compressedSize + 1024) {
        throw new Error(
          `${where}: ${name} declares ${uncompressedSize} bytes, packed in ${compressedSize}; expected at most ${atMost}`,
        );
      }
      try {
        return readNpy(`${where}, ${name}`, await unpacked(archive, entry));
      } catch (error) {
        throw (error as Error).message.startsWith(where) ? error : refused(error);
      }
    },
  };
}

/**
 * Returns the verified content of an entry. yauzl fails if the content is longer or shorter than the archive
 * declares.
 */
async function unpacked(archive: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await archive.openReadStreamPromise(entry);
  const content = Buffer.alloc(entry.uncompressedSize);
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) length += chunk.copy(content, length);
  if (crc32(content) !== entry.crc32)
    throw new Error(`the checksum of ${entry.fileName} is not the one that the archive declares`);
  return content;
}
