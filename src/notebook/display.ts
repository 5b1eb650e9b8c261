/** The content that a cell displays, in one or more formats, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** The options of a display. */
export interface DisplayOptions {
  /** An id by which the display can be replaced later. */
  id?: string;
  /** Whether to replace the display that was sent with the same id. */
  isUpdate?: boolean;
  /** Information about the formats for viewers, by MIME type. */
  metadata?: MimeBundle;
}

/** Sends a MIME bundle to the running cell. */
export type CellDisplay = (data: MimeBundle, options?: DisplayOptions) => void;

/**
 * The name of the method with which a value returns its display as a MIME bundle. This package's kernel follows
 * the convention of Deno's kernel (https://docs.deno.com/runtime/reference/cli/jupyter/).
 */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that a notebook displays if it is the last expression of a cell. */
export interface Displayable {
  [JUPYTER_DISPLAY](): MimeBundle;
}

/**
 * Displays content in the running cell, in this package's kernel or in Deno's. Without such a kernel, it
 * returns a value that another kernel may display.
 */
export function displayed(data: MimeBundle, options: DisplayOptions = {}): Displayable | undefined {
  const display = cellDisplay();
  if (display) display(data, options);
  return display ? undefined : { [JUPYTER_DISPLAY]: () => data };
}

/** The function that displays content in the running cell; undefined outside a notebook. */
export function cellDisplay(): CellDisplay | undefined {
  const send = kernelSender() ?? denoSender();
  return (
    send &&
    ((data, { id, isUpdate = false, metadata = {} } = {}) =>
      send({ data, metadata, transient: id === undefined ? {} : { display_id: id } }, isUpdate))
  );
}

/** Returns whether this code runs in a cell of a notebook. */
export function isInCell(): boolean {
  return cellDisplay() !== undefined;
}

type Sender = (message: object, isUpdate: boolean) => void;

/**
 * tslab's public `display` sends one MIME type per message. A figure needs several MIME types in one message,
 * so that each viewer can choose the best of the formats that it can draw. The kernel keeps the function that
 * sends messages in a module of tslab that is loaded only in a kernel.
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
  // Reading this property outside a notebook throws.
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
