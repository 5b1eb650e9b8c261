import { Command, Option } from "commander";
import { commandLine } from "../experiments/command-line";
import { recertify } from "../experiments/recertify";
import { imageCount } from "../experiments/run-configuration";
import { CONFIDENCE_BOUNDS, type ConfidenceBound } from "../sampling/class-bounds";
import { numberOption } from "./options";

interface RecertifyArguments {
  alpha?: number;
  rate?: number;
  bound?: ConfidenceBound;
  out: string;
}

export function recertifyCommand(): Command {
  return new Command("recertify")
    .description("compute p_A and radii of a record anew from its votes, without sampling")
    .argument("<record>", "folder of the record")
    .option("--alpha <number>", "error probability of a certificate", numberOption)
    .option("--rate <number>", "r, at least that of the variance function", numberOption)
    .addOption(
      new Option("--bound <name>", "confidence bound that gives p_A, or all-classes").choices(
        CONFIDENCE_BOUNDS,
      ),
    )
    .requiredOption("--out <folder>", "folder of the new record")
    .action(async (record: string, { out, ...changes }: RecertifyArguments) => {
      const command = commandLine(["idrs", ...process.argv.slice(2)]);
      const { rows, configuration } = await recertify(record, changes, out, command);
      const certified = rows.filter(({ correct }) => correct === 1).length;
      console.log(
        `record of ${rows.length} of ${imageCount(configuration)} images in ${out}, certified accuracy ${(certified / rows.length).toFixed(3)}`,
      );
    });
}
