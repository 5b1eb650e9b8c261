import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { readNotebook, type Notebook } from "../kernel/notebook-file";
import { decoded, singlePage } from "./html-page";

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
};

/** A notebook as a single file for sharing. */
export interface SharedNotebook {
  readonly page: string;
  /** Whether the notebook has not been run, that is, whether it has code cells and none of them has an output. */
  readonly isUnrun: boolean;
}

/**
 * Makes one self-contained page from a notebook and its stored outputs. The page includes interactive figures,
 * formulas, and the pictures beside the notebook, and it works on its own, even offline. A link to a file beside the
 * notebook becomes plain text, because recipients of the page do not have that file.
 *
 * @throws Error if the file is missing, if it is not a TypeScript notebook, or if it shows a picture that is missing
 */
export async function shareNotebook(file: string): Promise<SharedNotebook> {
  const notebook = await readNotebook(file);
  const folder = dirname(resolve(file));
  const page = singlePage(notebook, basename(file, ".ipynb"), (target, kind) => {
    if (/^(#|[a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) return target;
    return kind === "src" ? pictureInside(resolve(folder, decoded(target)), target, file) : undefined;
  });
  return { page, isUnrun: isUnrun(notebook) };
}

function pictureInside(path: string, target: string, file: string): string {
  const type = IMAGE_TYPES[extname(path).toLowerCase()];
  if (type === undefined || !existsSync(path)) {
    throw new Error(
      `${file} shows ${target}, which is not ${type ? "there" : "a picture that a page can hold"}`,
    );
  }
  return `data:${type};base64,${readFileSync(path).toString("base64")}`;
}

function isUnrun({ cells }: Notebook): boolean {
  const code = cells.filter((cell) => cell.cell_type === "code");
  return code.length > 0 && code.every(({ outputs }) => outputs.length === 0);
}
