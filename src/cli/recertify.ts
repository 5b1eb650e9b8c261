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
    .description("recompute p_A and radii from the votes of a record, without sampling")
    .argument("<record>", "folder of the record")
    .option("--alpha <number>", "error probability of a certificate", numberOption)
    .option("--rate <number>", "r, at least the rate of the variance function", numberOption)
    .addOption(
      new Option(
        "--bound <name>",
        "confidence bound on p_A; all-classes also bounds every other class",
      ).choices(CONFIDENCE_BOUNDS),
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
