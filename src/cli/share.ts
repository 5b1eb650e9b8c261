import { basename, dirname, resolve } from "node:path";
import { Command } from "commander";
import { requireWritable } from "../files/require-writable";
import { writeWhole } from "../files/write-whole";
import { makeFolder } from "../files/make-folder";

export function shareCommand(): Command {
  return new Command("share")
    .description(
      "make one web page of a notebook as it is, with live figures, to be read offline and passed on",
    )
    .argument("<notebook>", "the notebook, with its outputs")
    .option("--out <file>", "the page (default: the notebook's name with .html, in this folder)")
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
    console.log(`  no output is in it: run it first, by "idrs notebooks ${notebook}" or in Jupyter`);
}
