import { Command } from "commander";
import { dataFolder } from "../datasets/data-folder";
import { fetchImageDataset, IMAGE_DATASET_NAMES } from "../datasets/image-datasets";

export function fetchCommand(): Command {
  return new Command("fetch")
    .description("download a data set and verify it")
    .argument("<dataset>", `one of: ${IMAGE_DATASET_NAMES.join(", ")}`)
    .option("--from <folder>", "copy the files, plain or gzipped, from a local folder")
    .addHelpText(
      "after",
      `\nThe files go to ${dataFolder()}; the environment variable IDRS_DATA names another folder.`,
    )
    .action(async (dataset: string, { from }: { from?: string }) => {
      const { folder, files } = await fetchImageDataset(dataset, from);
      for (const { name, fetched } of files) {
        console.log(`${name}: ${fetched === "present" ? "already in" : `${fetched} to`} ${folder}, verified`);
      }
    });
}
