import { stat } from "node:fs/promises";

/**
 * Returns whether two paths lead to the same file, possibly through links; false if one of the paths does not
 * exist.
 */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}
