import { Command } from "commander";
import { mergeRecords } from "../experiments/merge-records";

export function mergeCommand(): Command {
  return new Command("merge")
    .description("merge the records of all shards into the record of the whole run")
    .argument("<out>", "folder of the merged record")
    .argument("<parts...>", "folders of the shards' records")
    .addHelpText("after", "\nShards of different runs, overlapping shards and missing images are refused.")
    .action(async (out: string, parts: string[]) => {
      const { rows } = await mergeRecords(parts, out);
      console.log(`record of ${rows.length} images in ${out}`);
    });
}
