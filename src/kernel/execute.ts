import { outputsOf, takeError, type CellError } from "./cell-outputs";
import type { KernelMessage } from "./channel";
import { startKernel, type Kernel } from "./kernel";
import { checkNotebook, textOf, type CodeCell, type Notebook } from "./notebook-file";

/** The options for running a notebook. */
export interface ExecuteOptions {
  /** The working folder of the kernel. (Jupyter uses the folder of the notebook.) */
  cwd: string;
  /** A signal that, when aborted, ends the run and the kernel. */
  signal?: AbortSignal;
  /**
   * A function that is called before each code cell, with the number of the cell among the code cells and the
   * total number of code cells.
   */
  onCell?: (number: number, count: number) => void;
}

/** The place at which a run stopped, and the reason. */
export interface CellFailure {
  /** The number of the cell among the notebook's code cells, from 1. */
  codeCell: number;
  /**
   * The kind of error, for example `TypeError`, `CompileError` (the cell does not type-check) or `DeadKernel`.
   */
  name: string;
  message: string;
}

/** An executed notebook. */
export interface ExecutedNotebook {
  /** The notebook with outputs and execution counts, in format 4.5. Cells after a failure have neither. */
  notebook: Notebook;
  /** The failure that ended the run; absent if every cell succeeded. */
  failure?: CellFailure;
}

/**
 * Runs a notebook in a new tslab kernel, cell by cell, and returns it with its outputs. The first cell that
 * fails ends the run. A cell fails if it throws an exception, if it has a type error, if a promise rejection
 * is not handled, or if the kernel ends.
 *
 * The given notebook is not changed.
 *
 * @throws Error if no kernel can be started, or if `options.signal` is aborted
 */
export async function executeNotebook(
  notebook: Notebook,
  options: ExecuteOptions,
): Promise<ExecutedNotebook> {
  const result = withoutOutputs(checkNotebook(notebook, "the argument"));
  const codeCells = result.cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
  const messages: KernelMessage[][] = codeCells.map(() => []);
  const kernel = await startKernel(options.cwd, options.signal);
  let failure: CellFailure | undefined;
  try {
    for (const [i, cell] of codeCells.entries()) {
      const source = textOf(cell.source);
      if (source.trim() === "") continue;
      options.onCell?.(i + 1, codeCells.length);
      const error = await runCell(kernel, cell, source, messages[i]);
      options.signal?.throwIfAborted();
      if (error) {
        failure = { codeCell: i + 1, name: error.ename, message: error.evalue };
        break;
      }
    }
  } finally {
    await kernel.close();
  }
  const outputs = outputsOf(messages);
  codeCells.forEach((cell, i) => (cell.outputs = outputs[i]));
  return failure ? { notebook: result, failure } : { notebook: result };
}

/**
 * Runs one cell, sets its execution count and collects its messages. Returns the error of the cell, if there is
 * one.
 */
async function runCell(
  kernel: Kernel,
  cell: CodeCell,
  source: string,
  messages: KernelMessage[],
): Promise<CellError | undefined> {
  try {
    const reply = await kernel.execute(source, (message) => messages.push(message));
    cell.execution_count = reply.executionCount;
    return takeError(messages, reply.status === "error");
  } catch (death) {
    const error = { ename: "DeadKernel", evalue: (death as Error).message, traceback: [] };
    messages.push({ type: "error", content: error });
    return error;
  }
}

/** Returns a copy of a notebook without its outputs, in format 4.5, in which cells have ids. */
function withoutOutputs(notebook: Notebook): Notebook {
  const copy = structuredClone(notebook);
  const used = new Set(copy.cells.map((cell) => cell.id));
  copy.cells.forEach((cell, i) => {
    let id = `cell-${i + 1}`;
    while (used.has(id)) id += "-";
    cell.id ??= id;
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  });
  const kernelspec = { name: "tslab", display_name: "TypeScript (idrs)", language: "typescript" };
  return {
    ...copy,
    nbformat_minor: Math.max(5, copy.nbformat_minor),
    metadata: { kernelspec, ...copy.metadata },
  };
}
