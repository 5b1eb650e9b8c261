import type { Notebook } from "../../src/kernel/notebook-file";

/** A notebook of code cells, or of text cells where the source begins with "md:". */
export function notebookOf(...sources: string[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 4,
    metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } },
    cells: sources.map((source) =>
      source.startsWith("md:")
        ? { cell_type: "markdown", metadata: {}, source: source.slice(3) }
        : { cell_type: "code", metadata: {}, source, execution_count: null, outputs: [] },
    ),
  };
}
