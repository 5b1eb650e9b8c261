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
 * The function that displays in the cell that runs now.
 *
 * tslab's public `display` sends one mime type per message; a figure needs several in one, so that every viewer takes
 * the best that it can draw. The kernel keeps its sender in this module of tslab, which is loaded in a kernel only.
 *
 * @throws Error outside a tslab notebook
 */
export function cellDisplay(caller: string): CellDisplay {
  const send = kernelSender();
  if (!send) throw new Error(`${caller} works only in a cell of a notebook with the tslab kernel`);
  return (data, { id, isUpdate = false, metadata = {} } = {}) =>
    send({ data, metadata, transient: id === undefined ? {} : { display_id: id } }, isUpdate);
}

/** Whether this code runs in a cell of a notebook. */
export function isInCell(): boolean {
  return Boolean(kernelSender());
}

function kernelSender(): ((message: object, isUpdate: boolean) => void) | null | undefined {
  const jupyter = require.cache[require.resolve("tslab/dist/jupyter.js")]?.exports as
    { lastWriteDisplayData: ((message: object, isUpdate: boolean) => void) | null } | undefined;
  return jupyter?.lastWriteDisplayData;
}
