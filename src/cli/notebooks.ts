import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { interruptible } from "./interruptible";

export function notebooksCommand(): Command {
  return new Command("notebooks")
    .description("run notebooks, update their outputs, and write a web page for each")
    .argument("[files...]", "notebooks to run (default: all in notebooks/, in order)")
    .option("--check", "compare the notebooks' outputs with the code instead of updating them")
    .option("--out <folder>", "folder for the results", join("out", "notebooks"))
    .addHelpText(
      "after",
      `
The first cell that fails ends the run. With --check, the run fails if an output no longer agrees with the code.
Numbers may differ by a relative 0.0001 or by one unit of their last digit, texts not at all; pictures are not compared.
A notebook that skips cells because a data set is missing is neither updated nor compared.`,
    )
    .action(runNotebooks);
}

interface Options {
  readonly out: string;
  readonly check?: boolean;
}

async function runNotebooks(files: string[], { out, check }: Options): Promise<void> {
  const { publishNotebooks } = await import("../pages/publish.js");
  const showCells = process.stdout.isTTY === true;
  await interruptible(
    () => "interrupted",
    (signal) =>
      publishNotebooks(files.length > 0 ? files : ownNotebooks(), out, {
        outputs: check ? "check" : "renew",
        signal,
        onCell: (file, number, count) => {
          if (showCells) process.stdout.write(`\r\x1b[K${basename(file)}  cell ${number} of ${count}`);
        },
        onNotebook: ({ file, cells, seconds, bytes, leftOut, outputs }) => {
          const size = bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
          const state = outputs ? `, outputs ${outputs}` : "";
          const line = `${basename(file)}  ${cells} cells, ${seconds.toFixed(1)} s, ${size}${state}`;
          console.log(showCells ? `\r\x1b[K${line}` : line);
          for (const reason of leftOut) {
            console.log(`  not ${check ? "compared" : "updated"}, because cells were skipped: ${reason}`);
          }
        },
      }),
  );
  console.log(`results in ${out}: open ${join(out, "index.html")}`);
}

function ownNotebooks(): string[] {
  const folder = "notebooks";
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ipynb")) : [];
  if (names.length === 0) {
    throw new Error(`no notebooks in ${join(process.cwd(), folder)}; name the notebooks to run`);
  }
  return names.sort().map((name) => join(folder, name));
}
