import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { Compressors, FileMetaData } from "hyparquet";
import { readRegularFile } from "../files/read-regular-file";
import { type EncodedImage, gatherImages, MOST_BYTES } from "./gather-images";
import { numbered } from "./image-folder";
import type { ByteDataset, Split } from "./image-dataset";
import { libraryReason } from "../files/library-reason";

/** The options that determine how a parquet file of images is read. */
export interface ParquetOptions {
  readonly split?: Split;
  readonly channels?: 1 | 3;
  readonly classNames?: readonly string[];
  /** The column of labels. Default: the only column that holds class labels. */
  readonly labelColumn?: string;
}

/** The number of rows decoded at a time. */
const ROWS = 256;

/** The maximum compression ratios of the codecs. A page that declares a larger ratio is not unpacked. */
const MOST_PACKED = { snappy: 64, zstd: 2 ** 15 };

/**
 * The maximum size of a page that zstd unpacks, in bytes. The limit is needed because zstd allocates memory
 * before it can verify the page.
 */
const LARGEST_PAGE = 2 ** 28;

/**
 * Finds the parquet files of a split in a folder: `test.parquet`, or all parts from `test-00000-of-00003.parquet`
 * on, in order.
 *
 * @returns undefined if the folder has no parquet file
 * @throws Error naming the folder if the split has no file there, if a part is missing, or if the parts are not those
 *   of one file
 */
export async function partsOf(folder: string, split: Split): Promise<string[] | undefined> {
  const all = (await readdir(folder)).filter((name) => /\.parquet$/i.test(name)).sort();
  if (all.length === 0) return undefined;
  const parts = all.filter((name) => new RegExp(`^${split}(-\\d+-of-\\d+)?\\.parquet$`, "i").test(name));
  const wanted = `${split}.parquet or ${split}-00000-of-….parquet`;
  if (parts.length === 0) throw new Error(`${folder}: has no ${wanted}, only: ${all.join(", ")}`);
  const numbers = parts.map((name) => /-(\d+)-of-(\d+)\./i.exec(name)?.slice(1).map(Number) ?? [0, 1]);
  if (numbers.some(([index, count], i) => index !== i || count !== parts.length)) {
    throw new Error(`${folder}: must have every part of one file exactly once, got: ${parts.join(", ")}`);
  }
  return parts.map((name) => join(folder, name));
}

/**
 * Loads images from parquet files in the form that Hugging Face serves: a column of images (PNG or JPEG
 * bytes) and a column of class labels, whose names are in the file's metadata.
 *
 * @param files - the parts of one split, in order
 * @throws Error naming the file and the invalid row or column
 */
export async function loadParquet(files: readonly string[], options: ParquetOptions): Promise<ByteDataset> {
  const { split = "test", channels } = options;
  const parts: Part[] = [];
  for (const file of files) parts.push(await openPart(file, options));
  const [{ classNames: names }] = parts;
  const other = parts.findIndex((part) => part.classNames?.join("\n") !== names?.join("\n"));
  if (other >= 0) {
    const [first, second] = [names, parts[other].classNames].map((list) => list?.join(", ") ?? "none");
    throw new Error(`${files[other]}: has the class names ${second}, but ${files[0]} has ${first}`);
  }
  const count = parts.reduce((sum, part) => sum + part.rows, 0);
  if (count === 0) throw new Error(`${files[0]}: has no rows`);
  const images: { labels: number[] } = { labels: [] };
  async function* encoded(): AsyncGenerator<EncodedImage> {
    for (const part of parts) {
      for await (const image of part.images()) {
        images.labels.push(image.label);
        yield image;
      }
    }
  }
  const name = basename(files[0]).replace(/(-\d+-of-\d+)?\.parquet$/i, "");
  // If the classes have no names, the number of classes is known only after all labels are read. Until all
  // labels are read, the maximum number of classes is used.
  const dataset = await gatherImages(count, encoded(), {
    name,
    split,
    channels,
    classNames: names ?? UNKNOWN,
  });
  if (names) return dataset;
  return {
    ...dataset,
    classNames: numbered(images.labels.reduce((most, label) => Math.max(most, label), 0) + 1),
  };
}

const UNKNOWN: readonly string[] = { length: 2 ** 31 } as unknown as readonly string[];

interface Part {
  readonly rows: number;
  readonly classNames: readonly string[] | undefined;
  images(): AsyncGenerator<EncodedImage>;
}

async function openPart(file: string, options: ParquetOptions): Promise<Part> {
  const content = await readRegularFile(file, MOST_BYTES);
  if (!content) throw new Error(`${file}: there is no such file`);
  // hyparquet is an ES module and is loaded on demand.
  const { parquetMetadata, parquetReadObjects } = await import("hyparquet");
  const bytes = content.buffer.slice(
    content.byteOffset,
    content.byteOffset + content.byteLength,
  ) as ArrayBuffer;
  let metadata: FileMetaData;
  try {
    metadata = parquetMetadata(bytes);
  } catch (error) {
    throw new Error(`${file}: is not a parquet file, or is cut off: ${libraryReason(error)}`, {
      cause: error,
    });
  }
  const rows = Number(metadata.num_rows);
  if (!(rows >= 0 && rows <= content.length)) {
    throw new Error(`${file}: declares ${rows} rows in ${content.length} bytes`);
  }
  const { image, label, classNames } = columnsOf(file, metadata, options);
  const compressors = await loadCompressors();
  async function* images(): AsyncGenerator<EncodedImage> {
    for (let start = 0; start < rows; start += ROWS) {
      const end = Math.min(start + ROWS, rows);
      let found: Record<string, unknown>[];
      try {
        found = await parquetReadObjects({
          file: bytes,
          metadata,
          columns: [image, label],
          rowStart: start,
          rowEnd: end,
          compressors,
          utf8: false,
        });
      } catch (error) {
        throw new Error(`${file}, rows ${start} to ${end - 1}: ${libraryReason(error)}`, {
          cause: error,
        });
      }
      for (const [i, row] of found.entries()) yield encodedImage(file, start + i, row[image], row[label]);
    }
  }
  return { rows, classNames, images };
}

/**
 * Loads the functions that unpack pages. A function refuses a page whose declared size is larger than its
 * packed bytes can hold.
 */
async function loadCompressors(): Promise<Compressors> {
  const { snappyUncompress } = await import("hyparquet");
  const { decompress } = await import("fzstd");
  return {
    SNAPPY: (input, length) => {
      if (length > MOST_PACKED.snappy * input.length + 1024)
        throw new Error(`a page declares ${length} bytes`);
      const output = new Uint8Array(length);
      snappyUncompress(input, output);
      return output;
    },
    GZIP: (input, length) => new Uint8Array(gunzipSync(input, { maxOutputLength: length })),
    ZSTD: (input, length) => {
      if (length > Math.min(MOST_PACKED.zstd * input.length, LARGEST_PAGE)) {
        throw new Error(`a page declares ${length} bytes`);
      }
      return decompress(input, new Uint8Array(length));
    },
    BROTLI: (input, length) => new Uint8Array(brotliDecompressSync(input, { maxOutputLength: length })),
  };
}

function encodedImage(file: string, row: number, image: unknown, label: unknown): EncodedImage {
  const where = `${file}, row ${row}`;
  const bytes = (image as { bytes?: unknown } | undefined)?.bytes ?? image;
  if (!(bytes instanceof Uint8Array)) throw new Error(`${where}: expected the bytes of an image, got none`);
  const index = Number(label);
  if ((typeof label !== "number" && typeof label !== "bigint") || !Number.isSafeInteger(index)) {
    throw new Error(`${where}: the label must be an integer, got ${String(label)}`);
  }
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { where, name: String(row), label: index, content };
}

/**
 * Finds the columns of images and labels from Hugging Face's metadata or, without metadata, from the names of
 * the columns.
 */
function columnsOf(
  file: string,
  metadata: FileMetaData,
  { labelColumn, classNames }: ParquetOptions,
): { image: string; label: string; classNames: readonly string[] | undefined } {
  const features = featuresOf(metadata);
  const top = topColumns(metadata);
  const only = (what: string, candidates: readonly string[]): string => {
    if (candidates.length === 1 && top.includes(candidates[0])) return candidates[0];
    throw new Error(
      `${file}: expected one column of ${what}, got ${candidates.length || "none"} among ${top.join(", ")}; name one`,
    );
  };
  const ofType = (type: string): string[] =>
    Object.keys(features).filter((name) => (features[name] as { _type?: string } | null)?._type === type);
  const named = (names: readonly string[], found: string[]): string[] =>
    found.length > 0 ? found : names.filter((name) => top.includes(name));
  const image = only("images", named(["image", "img"], ofType("Image")).slice(0, 2));
  if (labelColumn !== undefined && !top.includes(labelColumn)) {
    throw new Error(`${file}: has no column ${labelColumn}, only: ${top.join(", ")}`);
  }
  const label = labelColumn ?? only("labels", named(["label", "labels"], ofType("ClassLabel")));
  const names = (features[label] as { names?: unknown } | undefined)?.names;
  const known = Array.isArray(names) && names.every((name) => typeof name === "string") ? names : undefined;
  return { image, label, classNames: classNames ?? known };
}

function topColumns({ schema }: FileMetaData): string[] {
  const columns: string[] = [];
  for (let at = 1; at < schema.length;) {
    columns.push(schema[at].name);
    for (let open = 1; open > 0 && at < schema.length; at++) open += (schema[at].num_children ?? 0) - 1;
  }
  return columns;
}

function featuresOf({ key_value_metadata }: FileMetaData): Record<string, unknown> {
  const text = key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  try {
    const { info } = JSON.parse(text ?? "{}") as { info?: { features?: unknown } };
    return typeof info?.features === "object" && info.features !== null ? { ...info.features } : {};
  } catch {
    return {}; // the metadata are optional
  }
}
