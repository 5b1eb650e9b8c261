import { Command } from "commander";
import { readRecord } from "../experiments/record";
import { cite } from "../export/cite";
import { print } from "./standard-output";

export function citeCommand(): Command {
  return new Command("cite")
    .description("print BibTeX entries for the papers, data sets and software behind runs")
    .argument("[records...]", "folders of the records (default: the entries that every run needs)")
    .action(async (folders: string[]) => {
      const records = await Promise.all(folders.map(readRecord));
      print(cite(...records));
    });
}
