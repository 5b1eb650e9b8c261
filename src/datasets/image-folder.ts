import { readdir, stat } from "node:fs/promises";
import { basename, extname, isAbsolute, join, normalize, resolve, sep } from "node:path";
import { readTable } from "../files/read-table";
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";
import { type EncodedImage, gatherImages } from "./gather-images";
import type { ByteDataset, Split } from "./image-dataset";

/** How a folder of images is read. */
export interface ImageFolderOptions {
  /** 1: gray images; 3: red, green and blue. Default: as the first image has. */
  channels?: 1 | 3;
  /** What the images are; default "test". */
  split?: Split;
  /**
   * Name of each class, in the order of the base classifier's outputs. Default: the folders of the classes in the order
   * of their names, as ImageFolder of torchvision takes them: "10" comes before "2".
   */
  classNames?: readonly string[];
}

/** Endings of files that are images, of formats that are read and others. */
const READ = [".png", ".jpg", ".jpeg"];
const IMAGES = [...READ, ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".avif", ".heic"];

/** The most bytes of an image file. */
const LARGEST_IMAGE_FILE = 2 ** 28;

/**
 * Loads your own data set: a folder with one subfolder per class, which holds PNG or JPEG images of one size. Images
 * are in the order of their classes, then of their names.
 *
 * Hidden files and folders (their names begin with a dot or with two underscores) are left out; links are followed. A
 * class whose folder is missing shifts the classes after it, unless `classNames` says what the classes are: a folder
 * that is none of them, or has no images where they are not given, is refused. Other files than images are left out.
 *
 * @returns the data set, named as the folder is; its checksum is that of all names, labels and pixels
 * @throws Error naming the folder or file that is missing, empty, no image, cut off, or of another size
 */
export async function loadImageFolder(
  folder: string,
  { channels, split = "test", classNames }: ImageFolderOptions,
): Promise<ByteDataset> {
  const name = basename(resolve(folder));
  const { folders, files } = await entriesOf(folder);
  const stray = files.find((file) => IMAGES.includes(extname(file).toLowerCase()));
  if (stray !== undefined)
    throw new Error(`${join(folder, stray)}: lies outside of the folders of the classes`);
  const classes = classNames ?? folders;
  requireDistinct(classes);
  const unknown = folders.find((className) => !classes.includes(className));
  if (unknown !== undefined) {
    throw new Error(`${join(folder, unknown)}: is not one of the classes ${classes.join(", ")}`);
  }
  const found: { path: string; name: string; label: number }[] = [];
  for (const className of classes.filter((each) => folders.includes(each))) {
    const label = classes.indexOf(className);
    const images = await imagesOf(join(folder, className));
    if (images.length === 0 && !classNames) {
      throw new Error(
        `${join(folder, className)}: has no images; if it is a class all the same, name the classes (classNames)`,
      );
    }
    for (const file of images) {
      found.push({ path: join(folder, className, file), name: `${className}/${file}`, label });
    }
  }
  if (found.length === 0) {
    throw new Error(`${folder}: has no images (${READ.join(", ")}) in folders named after their classes`);
  }
  return gatherImages(found.length, readEach(found), { name, split, classNames: classes, channels });
}

/** The images of a class. What looks like an image but is not read, and a folder, are refused: nothing is lost silently. */
async function imagesOf(folder: string): Promise<string[]> {
  const { folders, files } = await entriesOf(folder);
  if (folders.length > 0) {
    throw new Error(
      `${join(folder, folders[0])}: is a folder in the folder of a class, expected images there`,
    );
  }
  const images = files.filter((file) => IMAGES.includes(extname(file).toLowerCase()));
  const other = images.find((file) => !READ.includes(extname(file).toLowerCase()));
  if (other !== undefined) {
    throw new Error(`${join(folder, other)}: is an image of another format, expected ${READ.join(", ")}`);
  }
  return images;
}

/** What is in a folder and is not hidden, in the order of its names. Links are what they lead to. */
async function entriesOf(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new Error(`${folder}: cannot be read: ${error.message}`, { cause: error });
  });
  const folders: string[] = [];
  const files: string[] = [];
  for (const name of names.filter((each) => !/^(\.|__)/.test(each)).sort()) {
    const path = join(folder, name);
    const status = await stat(path).catch((error: Error) => {
      throw new Error(`${path}: cannot be read, it may be a link that leads nowhere: ${error.message}`, {
        cause: error,
      });
    });
    (status.isDirectory() ? folders : files).push(name);
  }
  return { folders, files };
}

async function* readEach(
  files: readonly { path: string; name: string; label: number }[],
): AsyncGenerator<EncodedImage> {
  for (const { path, name, label } of files) {
    const content = await readRegularFile(path, LARGEST_IMAGE_FILE);
    if (!content) throw new Error(`${path}: there is no such file`);
    yield { where: path, name, label, content };
  }
}

/** Headings of the columns of a list of labels. */
const FILE_COLUMNS = ["file", "filename", "file_name", "image", "path"];
const LABEL_COLUMNS = ["label", "class"];

/**
 * Loads PNG and JPEG images of one size that a CSV file lists with their labels, in its order: a column `file` (or
 * `filename`, `file_name`, `image`, `path`), and a column `label` (or `class`), which holds class indices or names of
 * classes.
 *
 * @param list - the CSV file; the files that it lists lie in its folder or below
 * @throws Error naming the file and the line that is wrong
 */
export async function loadListedImages(
  list: string,
  { channels, split = "test", classNames }: ImageFolderOptions,
): Promise<ByteDataset> {
  const text = await readRegularFile(list, LARGEST_TEXT);
  if (!text) throw new Error(`${list}: there is no such file`);
  const { columns, rows } = readTable(list, text.toString(), ",");
  const column = (names: readonly string[]): string => {
    const found = names.find((each) => columns.includes(each));
    if (found === undefined) {
      throw new Error(`${list}: has no column ${names.join(" or ")}, only: ${columns.join(", ")}`);
    }
    return found;
  };
  const [fileColumn, labelColumn] = [column(FILE_COLUMNS), column(LABEL_COLUMNS)];
  if (rows.length === 0) throw new Error(`${list}: lists no images`);
  const texts = rows.map(({ line, cells }) => {
    const label = cells[labelColumn].trim();
    if (label === "") throw new Error(`${list}, line ${line}: has no ${labelColumn}`);
    return label;
  });
  const areIndices = texts.every((label) => /^\d+$/.test(label));
  const classes =
    classNames ??
    (areIndices
      ? numbered(texts.reduce((most, label) => Math.max(most, Number(label)), 0) + 1)
      : [...new Set(texts)].sort());
  requireDistinct(classes);
  const labelOf = new Map(classes.map((name, label) => [name, label]));
  const folder = resolve(list, "..");
  const files = rows.map((row, i) => {
    const [file, label] = [row.cells[fileColumn], texts[i]];
    const line = `${list}, line ${row.line}`;
    const path = normalize(file);
    if (file === "" || isAbsolute(path) || path === ".." || path.startsWith(`..${sep}`)) {
      throw new Error(`${line}: the file must lie in ${folder}, got "${file}"`);
    }
    const index = areIndices && !labelOf.has(label) ? Number(label) : labelOf.get(label);
    if (index === undefined || index >= classes.length) {
      throw new Error(`${line}: the label must be one of ${shortList(classes)}, got "${label}"`);
    }
    return { path: join(folder, path), name: file, label: index };
  });
  const options = { name: basename(folder), split, classNames: classes, channels };
  return gatherImages(files.length, readEach(files), options);
}

/** The most classes of a data set that does not name them. */
const MOST_NUMBERED = 1_000_000;

/**
 * Names for unnamed classes: "0", "1", ….
 *
 * @throws RangeError if there are more than a million
 */
export function numbered(count: number): string[] {
  if (!(count >= 1 && count <= MOST_NUMBERED)) {
    throw new RangeError(`classes without names must be 1 to ${MOST_NUMBERED}, got ${count}`);
  }
  return Array.from({ length: count }, (_, c) => String(c));
}

function requireDistinct(classNames: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of classNames) {
    if (seen.has(name)) throw new Error(`classNames must differ, got "${name}" twice`);
    seen.add(name);
  }
}

function shortList(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(", ")}, …` : names.join(", ");
}
