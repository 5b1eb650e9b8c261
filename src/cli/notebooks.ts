import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";

export function notebooksCommand(): Command {
  return new Command("notebooks")
    .description("run notebooks and write them, and a web page of each, with all results")
    .argument("[files...]", "notebooks to run (default: every one in notebooks/, in order)")
    .option("--out <folder>", "folder for the results", join("out", "notebooks"))
    .addHelpText("after", "\nThe first cell that fails ends the run.")
    .action(runNotebooks);
}

async function runNotebooks(files: string[], { out }: { out: string }): Promise<void> {
  const { publishNotebooks } = await import("../notebook/publish.js");
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(new Error("interrupted"));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const showCells = process.stdout.isTTY === true;
  try {
    await publishNotebooks(files.length > 0 ? files : ownNotebooks(), out, {
      signal: interruption.signal,
      onCell: (file, number, count) => {
        if (showCells) process.stdout.write(`\r\x1b[K${basename(file)}  cell ${number} of ${count}`);
      },
      onNotebook: ({ file, cells, seconds, bytes }) => {
        const size = bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
        const line = `${basename(file)}  ${cells} cells, ${seconds.toFixed(1)} s, ${size}`;
        console.log(showCells ? `\r\x1b[K${line}` : line);
      },
    });
    console.log(`results in ${out}: open ${join(out, "index.html")}`);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function ownNotebooks(): string[] {
  const folder = "notebooks";
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ipynb")) : [];
  if (names.length === 0) {
    throw new Error(`no notebooks in ${join(process.cwd(), folder)}; name the notebooks to run`);
  }
  return names.sort().map((name) => join(folder, name));
}
