/** What a cell displays: the same content in one or more formats, by mime type. */
export type MimeBundle = Record<string, unknown>;

/** What goes with a display. */
export interface DisplayOptions {
  /** Under this id the display can be replaced later. */
  id?: string;
  /** Takes the place of the display that was sent under the id. */
  isUpdate?: boolean;
  /** What viewers should know of the formats, by mime type. */
  metadata?: MimeBundle;
}

/** Sends a mime bundle into the cell that runs now. */
export type CellDisplay = (data: MimeBundle, options?: DisplayOptions) => void;

/**
 * By a method of this name a value says how it is displayed, as a mime bundle: the convention of Deno's kernel
 * (https://docs.deno.com/runtime/reference/cli/jupyter/), which the kernel of this package follows.
 */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that a notebook displays when it is the last expression of a cell. */
export interface Displayable {
  [JUPYTER_DISPLAY](): MimeBundle;
}

/**
 * Displays in the cell that runs now, in the kernel of this package or in that of Deno. Where neither runs, there is
 * nothing to display in; then the result is a value that another kernel may display.
 */
export function displayed(data: MimeBundle, options: DisplayOptions = {}): Displayable | undefined {
  const display = cellDisplay();
  if (display) display(data, options);
  return display ? undefined : { [JUPYTER_DISPLAY]: () => data };
}

/** The function that displays in the cell that runs now; undefined outside a notebook. */
export function cellDisplay(): CellDisplay | undefined {
  const send = kernelSender() ?? denoSender();
  return (
    send &&
    ((data, { id, isUpdate = false, metadata = {} } = {}) =>
      send({ data, metadata, transient: id === undefined ? {} : { display_id: id } }, isUpdate))
  );
}

/** Whether this code runs in a cell of a notebook. */
export function isInCell(): boolean {
  return cellDisplay() !== undefined;
}

type Sender = (message: object, isUpdate: boolean) => void;

/**
 * tslab's public `display` sends one mime type per message; a figure needs several in one, so that every viewer takes
 * the best that it can draw. The kernel keeps its sender in this module of tslab, which is loaded in a kernel only.
 */
function kernelSender(): Sender | undefined {
  let path: string;
  try {
    path = require.resolve("tslab/dist/jupyter.js");
  } catch {
    return undefined;
  }
  const jupyter = require.cache[path]?.exports as { lastWriteDisplayData: Sender | null } | undefined;
  return jupyter?.lastWriteDisplayData ?? undefined;
}

function denoSender(): Sender | undefined {
  const { Deno } = globalThis as {
    Deno?: { jupyter?: { broadcast(type: string, content: object): Promise<void> } };
  };
  // Asking for it outside a notebook is an error.
  let jupyter: NonNullable<typeof Deno>["jupyter"];
  try {
    jupyter = Deno?.jupyter;
  } catch {
    return undefined;
  }
  if (typeof jupyter?.broadcast !== "function") return undefined;
  return (message, isUpdate) =>
    void jupyter.broadcast(isUpdate ? "update_display_data" : "display_data", message);
}
