/** What a cell displays: the same content in one or more formats, by mime type. */
export type MimeBundle = Record<string, unknown>;

/**
 * The function that sends a mime bundle into the cell that runs now.
 *
 * tslab's public `display` sends one mime type per message; a figure needs several in one, so that every viewer takes
 * the best that it can draw. The kernel keeps its sender in this module of tslab, which is loaded in a kernel only.
 *
 * @throws Error outside a tslab notebook
 */
export function cellDisplay(caller: string): (data: MimeBundle) => void {
  const jupyter = require.cache[require.resolve("tslab/dist/jupyter.js")]?.exports as
    { lastWriteDisplayData: ((message: object, update: boolean) => void) | null } | undefined;
  const send = jupyter?.lastWriteDisplayData;
  if (!send) throw new Error(`${caller} works only in a cell of a notebook with the tslab kernel`);
  return (data) => send({ data, metadata: {}, transient: {} }, false);
}
