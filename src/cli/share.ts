import { basename, dirname, resolve } from "node:path";
import { Command } from "commander";
import { requireWritable } from "../files/require-writable";
import { writeWhole } from "../files/write-whole";
import { makeFolder } from "../files/make-folder";

export function shareCommand(): Command {
  return new Command("share")
    .description(
      "write a notebook with its present outputs to one web page that works offline, with interactive figures",
    )
    .argument("<notebook>", "notebook with its outputs")
    .option("--out <file>", "file to write (default: the notebook's name with .html, in the current folder)")
    .action(share);
}

async function share(notebook: string, { out }: { out?: string }): Promise<void> {
  const target = out ?? `${basename(notebook, ".ipynb")}.html`;
  if (resolve(target) === resolve(notebook)) throw new Error(`the page would overwrite ${notebook}`);
  const { shareNotebook } = await import("../pages/share.js");
  await makeFolder(dirname(resolve(target)));
  await requireWritable(target);
  const { page, isUnrun } = await shareNotebook(notebook);
  await writeWhole(target, page);
  console.log(`${target}  ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB`);
  if (isUnrun)
    console.log(
      `  the notebook has no outputs: run it first with "idrs notebooks ${notebook}" or in Jupyter`,
    );
}
