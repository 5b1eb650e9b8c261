import { readdir, stat } from "node:fs/promises";
import { basename, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { readTable } from "../files/read-table";
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";
import { type EncodedImage, gatherImages } from "./gather-images";
import type { ByteDataset, Split } from "./image-dataset";

/** The options that determine how a folder of images is read. */
export interface ImageFolderOptions {
  /**
   * The number of channels: 1 for gray images, 3 for red, green and blue. Default: as many as the first image
   * has.
   */
  channels?: 1 | 3;
  /** The split to which the images belong; default "test". */
  split?: Split;
  /**
   * The name of each class, in the order of the base classifier's outputs. Default: the names of the class
   * folders in alphabetical order, as in torchvision's ImageFolder, so that "10" comes before "2".
   */
  classNames?: readonly string[];
}

/** The extensions of image files in formats that are read, and in other formats. */
const READ = [".png", ".jpg", ".jpeg"];
const IMAGES = [...READ, ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".avif", ".heic"];

/** The maximum size of an image file, in bytes. */
const LARGEST_IMAGE_FILE = 2 ** 28;

/**
 * Loads your own data set from a folder that has one subfolder per class, each with PNG or JPEG images of
 * equal size. Images are ordered by class, then by name.
 *
 * Hidden files and folders (whose names begin with a dot or two underscores) and files other than images are
 * skipped; links are followed. If the folder of a class is missing, the classes after it get smaller indices,
 * unless `classNames` lists all classes. A folder that is not in `classNames` is refused. Without
 * `classNames`, a folder without images is refused.
 *
 * @returns the data set, named after the folder, with a checksum of all names, labels and pixels
 * @throws Error naming the folder or file that is missing or empty, is not an image, is cut off, or has
 *   another size
 */
export async function loadImageFolder(
  folder: string,
  { channels, split = "test", classNames }: ImageFolderOptions,
): Promise<ByteDataset> {
  const name = basename(resolve(folder));
  const { folders, files } = await entriesOf(folder);
  const stray = files.find((file) => IMAGES.includes(extname(file).toLowerCase()));
  if (stray !== undefined) throw new Error(`${join(folder, stray)}: is outside the class folders`);
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
        `${join(folder, className)}: has no images; if it is a class, list the classes (classNames)`,
      );
    }
    for (const file of images) {
      found.push({ path: join(folder, className, file), name: `${className}/${file}`, label });
    }
  }
  if (found.length === 0) {
    throw new Error(`${folder}: expected class folders with images (${READ.join(", ")}), got none`);
  }
  return gatherImages(found.length, readEach(found), { name, split, classNames: classes, channels });
}

/**
 * Returns the images of a class. To make sure that no images are lost silently, subfolders and images in
 * formats that cannot be read are refused.
 */
async function imagesOf(folder: string): Promise<string[]> {
  const { folders, files } = await entriesOf(folder);
  if (folders.length > 0) {
    throw new Error(`${join(folder, folders[0])}: is a folder within a class folder, expected images only`);
  }
  const images = files.filter((file) => IMAGES.includes(extname(file).toLowerCase()));
  const other = images.find((file) => !READ.includes(extname(file).toLowerCase()));
  if (other !== undefined) {
    throw new Error(`${join(folder, other)}: is an image in another format, expected ${READ.join(", ")}`);
  }
  return images;
}

/**
 * Returns the entries of a folder that are not hidden, in alphabetical order. Links are treated as their
 * targets.
 */
async function entriesOf(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const names = await readdir(folder).catch((error: Error) => {
    throw new Error(`${folder}: cannot be read: ${error.message}`, { cause: error });
  });
  const folders: string[] = [];
  const files: string[] = [];
  for (const name of names.filter((each) => !/^(\.|__)/.test(each)).sort()) {
    const path = join(folder, name);
    const status = await stat(path).catch((error: Error) => {
      throw new Error(`${path}: cannot be read, perhaps because it is a broken link: ${error.message}`, {
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

/** The possible headings of the column of files in a list of labels. */
const FILE_COLUMNS = ["file", "filename", "file_name", "image", "path"];
const LABEL_COLUMNS = ["label", "class"];

/**
 * Loads PNG and JPEG images of equal size that a CSV file lists together with their labels, in the order of
 * the list. The CSV file has a column `file` (or `filename`, `file_name`, `image`, `path`) and a column
 * `label` (or `class`) with class names or class indices: names if every label is the name of a class.
 *
 * @param list - the CSV file; the paths in it are relative to its folder
 * @param root - the folder that must contain the listed files, in itself or below; default: the folder of the CSV file
 * @throws Error naming the file and the invalid line
 */
export async function loadListedImages(
  list: string,
  { channels, split = "test", classNames }: ImageFolderOptions,
  root: string = resolve(list, ".."),
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
  const areNames = texts.every((label) => labelOf.has(label));
  const folder = resolve(list, "..");
  const files = rows.map((row, i) => {
    const [file, label] = [row.cells[fileColumn], texts[i]];
    const line = `${list}, line ${row.line}`;
    const path = pathBelow(root, folder, file);
    if (path === undefined) throw new Error(`${line}: the file must be in ${root}, got "${file}"`);
    const index = areIndices && !areNames ? Number(label) : labelOf.get(label);
    if (index === undefined || index >= classes.length) {
      const expected =
        areIndices && labelOf.has(label)
          ? `an index below ${classes.length}, since not all labels are class names`
          : `one of ${shortList(classes)}`;
      throw new Error(`${line}: the label must be ${expected}, got "${label}"`);
    }
    return { path, name: file, label: index };
  });
  const options = { name: basename(resolve(root)), split, classNames: classes, channels };
  return gatherImages(files.length, readEach(files), options);
}

/** Returns the path of a file that a list in `folder` names; undefined if the file is not below `root`. */
function pathBelow(root: string, folder: string, file: string): string | undefined {
  const path = resolve(folder, file);
  const below = relative(root, path);
  const isBelow = !isAbsolute(below) && !["", ".."].includes(below) && !below.startsWith(`..${sep}`);
  return file !== "" && !isAbsolute(file) && isBelow ? path : undefined;
}

/** The maximum number of classes in a data set whose classes have no names. */
const MOST_NUMBERED = 1_000_000;

/**
 * Returns names for classes without names: "0", "1", ….
 *
 * @throws RangeError if there are more than a million
 */
export function numbered(count: number): string[] {
  if (!(count >= 1 && count <= MOST_NUMBERED)) {
    throw new RangeError(`classes without names must be 1 to ${MOST_NUMBERED}, got ${count}`);
  }
  return Array.from({ length: count }, (_, c) => String(c));
}

/** @throws Error if two classes have the same name */
export function requireDistinct(classNames: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of classNames) {
    if (seen.has(name)) throw new Error(`classNames must differ, got "${name}" twice`);
    seen.add(name);
  }
}

function shortList(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(", ")}, …` : names.join(", ");
}
