import { extname } from "node:path";
import { Command, Option } from "commander";
import { FIGURES, TABLES } from "../export/record-parts";
import { RECORD_FORMATS, requireFormat, save } from "../export/save";
import { TABLE_FORMATS } from "../export/table-file";
import { FIGURE_FORMATS } from "../figures/print-figure";
import { countOption, numberOption } from "./options";
import { addRecordOptions, readNamedRecords, type RecordArguments } from "./record-options";

export function exportCommand(): Command {
  const command = new Command("export").description(
    "write a figure, a table or a record to a file for a paper",
  );
  addRecordOptions(
    command.command("figure").description("write a figure of records, with embedded fonts"),
    "",
  )
    .addOption(
      new Option("--figure <name>", "kind of figure; difference needs two records")
        .choices(Object.keys(FIGURES))
        .default("certified-accuracy"),
    )
    .option("--width <inches>", "width of the figure (default: 3.25, one column)", numberOption)
    .option("--height <inches>", "height of the figure (default: 0.7 times the width)", numberOption)
    .option("--font-size <points>", "font size (default: 8)", numberOption)
    .option("--title", "draw the title (default: no title, for a figure with a caption)")
    .requiredOption("--out <file>", `file to write: ${FIGURE_FORMATS.join(", ")}`)
    .action(exportFigure);
  addRecordOptions(command.command("table").description("write a table of records"), "")
    .addOption(
      new Option("--table <name>", "kind of table; differences are from the first record")
        .choices(Object.keys(TABLES))
        .default("accuracy"),
    )
    .option("--digits <count>", "significant digits (default: 4); .csv always has all", countOption)
    .option("--decimals <count>", "decimals, instead of --digits", countOption)
    .requiredOption("--out <file>", `file to write: ${TABLE_FORMATS.join(", ")} (LaTeX with booktabs)`)
    .action(exportTable);
  addRecordOptions(command.command("record").description("write the rows of a record"), "; one")
    .requiredOption(
      "--out <file>",
      "file to write: .csv, or .tsv for a log in the format of Cohen et al.'s code",
    )
    .action(exportRecord);
  return command;
}

interface FigureArguments extends RecordArguments {
  readonly figure: string;
  readonly width?: number;
  readonly height?: number;
  readonly fontSize?: number;
  readonly title?: boolean;
  readonly out: string;
}

async function exportFigure(paths: string[], options: FigureArguments): Promise<void> {
  const { figure, out, width, height, fontSize, title } = options;
  requireFormat(out, extname(out).toLowerCase(), "figure", FIGURE_FORMATS);
  const drawn = FIGURES[figure](await readNamedRecords(paths, options, [out]));
  await save(out, drawn, { width, height, fontSize, title });
  console.log(out);
}

interface TableArguments extends RecordArguments {
  readonly table: string;
  readonly digits?: number;
  readonly decimals?: number;
  readonly out: string;
}

async function exportTable(paths: string[], options: TableArguments): Promise<void> {
  const { table, out, digits, decimals } = options;
  requireFormat(out, extname(out).toLowerCase(), "table", TABLE_FORMATS);
  const rows = TABLES[table](await readNamedRecords(paths, options, [out]));
  if (rows.length === 0) throw new Error(`a table of ${table} needs at least two records`);
  await save(out, rows, { digits, decimals });
  console.log(out);
}

async function exportRecord(paths: string[], options: RecordArguments & { out: string }): Promise<void> {
  const { out } = options;
  requireFormat(out, extname(out).toLowerCase(), "record", RECORD_FORMATS);
  const [[, record], ...others] = await readNamedRecords(paths, options, [out]);
  if (others.length > 0) throw new Error(`a file holds one record, got ${paths.length}: ${paths.join(", ")}`);
  await save(out, record);
  console.log(out);
}
