import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, win32 } from "node:path";
import { readRegularFile } from "../files/read-regular-file";
import type { ModelMessage, TensorMessage } from "./onnx-file";
import { constantsOf } from "./walk";

/** The maximum size of a model with its weights, in bytes. The format imposes this limit. */
export const LARGEST_MODEL: number = 2 ** 31 - 1;

/** The `dataLocation` of a tensor whose values are in another file. */
const EXTERNAL = 1;

/** A file of weights that belongs to a model. */
export interface ExternalFile {
  /** The path relative to the model's folder, with slashes. */
  readonly location: string;
  readonly sha256: string;
}

/**
 * Loads weights that are stored in other files (as PyTorch's exporter does by default) into the model. The
 * files must be in the model's folder or below it.
 *
 * @param folder - the folder of the model's file
 * @returns the files, ordered by name; empty if all weights are in the model
 * @throws Error naming the file that is missing, too short, or outside the folder (through an absolute path,
 *   "..", or a link)
 */
export async function bringExternalData(model: ModelMessage, folder: string): Promise<ExternalFile[]> {
  const files = new Map<string, { content: Buffer; sha256: string }>();
  let size = 0;
  for (const tensor of constantsOf(model)) {
    if (tensor.dataLocation !== EXTERNAL) continue;
    const { location, offset, length } = placeOf(tensor);
    const file = files.get(location) ?? (await readWithin(folder, location));
    files.set(location, file);
    const end = length === undefined ? file.content.length : offset + length;
    if (offset > end || end > file.content.length) {
      throw new Error(
        `the weight ${tensor.name} is at bytes ${offset} to ${end} of ${location}, which has only ${file.content.length}`,
      );
    }
    size += end - offset;
    if (size > LARGEST_MODEL) throw new Error(`has more than ${LARGEST_MODEL} bytes of weights`);
    tensor.rawData = file.content.subarray(offset, end);
    tensor.externalData = [];
    tensor.dataLocation = 0;
  }
  return [...files]
    .map(([location, { sha256 }]) => ({ location, sha256 }))
    .sort((one, other) => (one.location < other.location ? -1 : 1));
}

function placeOf({ name, externalData = [] }: TensorMessage): {
  location: string;
  offset: number;
  length?: number;
} {
  const entries = new Map(externalData.map(({ key, value }) => [key, value]));
  const bytes = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
    throw new Error(`the ${key} of the weight ${name} must be a number of bytes, got "${text}"`);
  };
  const parts = (entries.get("location") ?? "").split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  const given = entries.get("location") ?? "";
  if (parts.length === 0 || parts.includes("..") || isAbsolute(given) || win32.isAbsolute(given)) {
    throw new Error(
      `the weight ${name} is in the file "${given}", expected a file in the model's folder or below`,
    );
  }
  return { location: parts.join("/"), offset: bytes("offset") ?? 0, length: bytes("length") };
}

async function readWithin(folder: string, location: string): Promise<{ content: Buffer; sha256: string }> {
  const path = join(folder, location);
  const real = await realpath(path).catch(() => undefined);
  const way = real === undefined ? "" : relative(await realpath(folder), real);
  if (way.split(/[/\\]/)[0] === ".." || isAbsolute(way)) {
    throw new Error(`the file of weights ${path} is a link to ${real}, outside the model's folder`);
  }
  const content = real === undefined ? undefined : await readRegularFile(real, LARGEST_MODEL);
  if (!content) throw new Error(`there is no file of weights ${path}`);
  return { content, sha256: createHash("sha256").update(content).digest("hex") };
}
