import { Command } from "commander";
import { readRecord } from "../experiments/record";
import { cite } from "../export/cite";
import { print } from "./standard-output";

export function citeCommand(): Command {
  return new Command("cite")
    .description("print what runs rest on, in BibTeX: papers, data sets, this package")
    .argument("[records...]", "folders of the records; without any, what every run rests on")
    .action(async (folders: string[]) => {
      const records = await Promise.all(folders.map(readRecord));
      print(cite(...records));
    });
}
