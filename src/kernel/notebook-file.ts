/** Reads and writes notebooks in the Jupyter notebook format, version 4 (https://nbformat.readthedocs.io). */
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";

/** Text that may be split into lines. */
export type MultilineText = string | string[];

/** An output of a cell: printed text, a display or an error. */
export type CellOutput =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: MultilineText }
  | {
      output_type: "display_data" | "execute_result";
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      execution_count?: number | null;
    }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** A cell with code. */
export interface CodeCell {
  cell_type: "code";
  id?: string;
  metadata: Record<string, unknown>;
  source: MultilineText;
  execution_count: number | null;
  outputs: CellOutput[];
}

/** A cell with text. */
export interface MarkdownCell {
  cell_type: "markdown";
  id?: string;
  metadata: Record<string, unknown>;
  source: MultilineText;
  /** The pictures that the cell shows as `attachment:NAME`, in base64, by name and MIME type. */
  attachments?: Record<string, Record<string, MultilineText>>;
}

/** A cell that is neither run nor formatted. */
export interface RawCell {
  cell_type: "raw";
  id?: string;
  metadata: Record<string, unknown>;
  source: MultilineText;
}

/** A notebook. */
export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: Record<string, unknown>;
  cells: (CodeCell | MarkdownCell | RawCell)[];
}

/** Returns the text of a cell or an output in one piece. */
export function textOf(text: MultilineText): string {
  return typeof text === "string" ? text : text.join("");
}

/**
 * Reads a notebook file.
 *
 * @throws Error if the file is missing, is not JSON, is not a notebook in format 4, or is not a TypeScript
 *   notebook
 */
export async function readNotebook(path: string): Promise<Notebook> {
  const content = await readRegularFile(path, LARGEST_TEXT);
  if (!content) throw new Error(`no such notebook: ${path}`);
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch (error) {
    throw new Error(`${path} is not a notebook: invalid JSON (${(error as Error).message})`, {
      cause: error,
    });
  }
  return checkNotebook(value, path);
}

/**
 * Checks that a value is a TypeScript notebook in format 4.
 *
 * @param name - the name of the notebook in error messages
 * @throws Error naming the first problem
 */
export function checkNotebook(value: unknown, name: string): Notebook {
  const refuse = (reason: string): never => {
    throw new Error(`${name} is not a notebook that can be run: ${reason}`);
  };
  if (!isObject(value)) return refuse("it is not a JSON object");
  const { nbformat, nbformat_minor, metadata, cells } = value;
  if (nbformat !== 4) refuse(`nbformat is ${shown(nbformat)}, expected 4`);
  if (!Number.isInteger(nbformat_minor)) refuse("nbformat_minor is not an integer");
  if (!isObject(metadata)) return refuse("metadata is missing");
  if (!Array.isArray(cells)) return refuse("cells is not a list");

  const kernel = isObject(metadata.kernelspec) ? metadata.kernelspec : {};
  const info = isObject(metadata.language_info) ? metadata.language_info : {};
  const language = info.name ?? kernel.language ?? (kernel.name === "tslab" ? "typescript" : undefined);
  if (language !== "typescript") refuse(`its language is ${shown(language)}, expected "typescript"`);

  cells.forEach((cell: unknown, i) => {
    const place = `cell ${i + 1} of ${cells.length}`;
    if (!isObject(cell)) return refuse(`${place} is not an object`);
    if (cell.cell_type !== "code" && cell.cell_type !== "markdown" && cell.cell_type !== "raw") {
      refuse(`${place} has cell_type ${shown(cell.cell_type)}`);
    }
    if (!isMultilineText(cell.source)) refuse(`${place} has no source`);
    if (!isObject(cell.metadata)) refuse(`${place} has no metadata`);
    if (cell.cell_type === "code" && !Array.isArray(cell.outputs)) refuse(`${place} has no list of outputs`);
    if (cell.cell_type === "code") {
      (cell.outputs as unknown[]).forEach((output, j) => {
        const reason = wrongWith(output);
        if (reason !== undefined) refuse(`output ${j + 1} of ${place} ${reason}`);
      });
    }
  });
  return value as unknown as Notebook;
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value);
}

/** Returns the reason why an output violates the format, or undefined if the output is valid. */
function wrongWith(output: unknown): string | undefined {
  if (!isObject(output)) return "is not an object";
  switch (output.output_type) {
    case "stream":
      return isMultilineText(output.text) ? undefined : "has no text";
    case "display_data":
    case "execute_result":
      return isObject(output.data) ? undefined : "has no data";
    case "error":
      return Array.isArray(output.traceback) && isMultilineText(output.traceback)
        ? undefined
        : "has no traceback";
    default:
      return `has output_type ${shown(output.output_type)}`;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMultilineText(value: unknown): value is MultilineText {
  return (
    typeof value === "string" || (Array.isArray(value) && value.every((line) => typeof line === "string"))
  );
}

/**
 * Returns the text of a notebook file, which depends only on the notebook. Like Jupyter, it sorts keys
 * alphabetically and splits text into lines; unlike Jupyter, it puts each list of numbers on one line, to keep
 * figures small and diffs readable.
 */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: linesOf(cell.source),
    ...(cell.cell_type === "code" ? { outputs: cell.outputs.map(withLines) } : {}),
  }));
  return `${format({ ...notebook, cells }, "")}\n`;
}

function linesOf(text: MultilineText): string[] {
  // A line may hold any character but \n: "." would leave out \r and U+2028.
  return textOf(text).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function withLines(output: CellOutput): object {
  if (output.output_type === "stream") return { ...output, text: linesOf(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([mime, value]) => {
    const isText = mime.startsWith("text/") || mime === "image/svg+xml";
    return [mime, isText && isMultilineText(value) ? linesOf(value) : value];
  });
  return { ...output, data: Object.fromEntries(data) };
}

function format(value: unknown, indent: string): string {
  const inner = `${indent} `;
  const block = (open: string, items: string[], close: string): string =>
    items.length === 0 ? open + close : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item === "number" || typeof item === "boolean")) {
      return JSON.stringify(value);
    }
    return block(
      "[",
      value.map((item) => format(item, inner)),
      "]",
    );
  }
  if (isObject(value)) {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    return block(
      "{",
      keys.sort().map((key) => `${JSON.stringify(key)}: ${format(value[key], inner)}`),
      "}",
    );
  }
  return JSON.stringify(value);
}

/** The tag of the cell whose first picture represents the notebook in the list of notebooks. */
const COVER_TAG = "cover";

/**
 * Returns the picture that represents a notebook, as PNG in base64: the picture of the cell tagged "cover" if
 * there is one, otherwise the first picture of the notebook.
 */
export function coverPicture(notebook: Notebook): string | undefined {
  const pictures = notebook.cells.flatMap((cell) => {
    if (cell.cell_type !== "code") return [];
    const isCover = Array.isArray(cell.metadata.tags) && cell.metadata.tags.includes(COVER_TAG);
    return cell.outputs.flatMap((output) => {
      const png = "data" in output ? output.data["image/png"] : undefined;
      return isMultilineText(png) ? [{ isCover, png: textOf(png).replace(/\s/g, "") }] : [];
    });
  });
  return (pictures.find(({ isCover }) => isCover) ?? pictures[0])?.png;
}
