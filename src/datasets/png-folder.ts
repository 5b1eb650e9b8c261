import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createHash } from "node:crypto";
import { PNG } from "pngjs";
import type { ImageDataset, Split } from "./image-dataset";

/** How a folder of images is read. */
export interface PngFolderOptions {
  /** 1: grey images (the red channel is taken); 3: red, green and blue. Transparency is ignored. */
  channels: 1 | 3;
  /** What the images are; default "test". */
  split?: Split;
}

/**
 * Loads a data set of the user's own: a folder with a folder for each class, in which the images of the class lie as
 * PNG files of one size. Classes, and images within them, are in the order of their names.
 *
 * Any other source will do that fills an {@link ImageDataset}: its pixels as bytes, its labels, its sizes.
 *
 * @returns the data set, named as the folder is; its checksum is that of all names and pixels
 * @throws Error naming the folder or file that is missing, empty, no PNG image or of another size
 */
export async function loadPngFolder(
  folder: string,
  { channels, split = "test" }: PngFolderOptions,
): Promise<ImageDataset> {
  if (channels !== 1 && channels !== 3)
    throw new RangeError(`channels must be 1 or 3, got ${String(channels)}`);
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: Error) => {
    throw new Error(`${folder}: cannot be read: ${error.message}`, { cause: error });
  });
  const classNames = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const hash = createHash("sha256");
  const images: Uint8Array[] = [];
  const labels: number[] = [];
  let size: { width: number; height: number } | undefined;
  for (const [label, className] of classNames.entries()) {
    const files = (await readdir(join(folder, className))).filter((name) => /\.png$/i.test(name)).sort();
    for (const file of files) {
      const path = join(folder, className, file);
      const { width, height, data } = decode(path, await readFile(path));
      size ??= { width, height };
      if (width !== size.width || height !== size.height) {
        throw new Error(`${path}: is ${width} × ${height} pixels, expected ${size.width} × ${size.height}`);
      }
      // pngjs gives red, green, blue and opacity of each pixel in turn; a data set keeps the channels apart.
      const pixels = Uint8Array.from({ length: channels * width * height }, (_, i) => {
        return data[4 * (i % (width * height)) + Math.floor(i / (width * height))];
      });
      hash.update(`${className}/${file}\n`).update(pixels);
      images.push(pixels);
      labels.push(label);
    }
  }
  if (!size) throw new Error(`${folder}: has no PNG images in folders named after their classes`);
  const dimension = channels * size.height * size.width;
  const pixels = new Uint8Array(images.length * dimension);
  images.forEach((image, i) => pixels.set(image, i * dimension));
  return {
    name: basename(folder),
    split,
    channels,
    ...size,
    count: images.length,
    dimension,
    pixels,
    labels: Uint8Array.from(labels),
    classNames,
    checksums: { [basename(folder)]: hash.digest("hex") },
  };
}

function decode(path: string, content: Buffer): PNG {
  try {
    return PNG.sync.read(content);
  } catch (error) {
    throw new Error(`${path}: is no PNG image: ${(error as Error).message}`, { cause: error });
  }
}
