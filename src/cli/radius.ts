import { Command } from "commander";
import { unparse } from "papaparse";
import { certifiedRadius } from "../certificates/certified-radius";
import { LARGEST_TEXT, readRegularFile } from "../files/read-regular-file";
import { readTable } from "../files/read-table";
import { DOUBLES, isBeyondDoubles, roundsToOne } from "../numerics/arguments";
import { probabilityDown, probabilityUp } from "../numerics/rounded-down";
import { countOption, numberOption, probabilityOption, upperProbabilityOption } from "./options";
import { print } from "./standard-output";

interface RadiusArguments {
  dimension?: number;
  sigma?: number;
  rate?: number;
  eta?: number;
  pa?: number;
  pb?: number;
  table?: string;
  json?: boolean;
}

export function radiusCommand(): Command {
  return new Command("radius")
    .description("compute the certified radius for given N, σ(x0), r and p_A")
    .option("--dimension <count>", "N, the input dimension", countOption)
    .option("--sigma <number>", "σ(x0), the σ at the certified point", numberOption)
    .option("--rate <number>", "r, the semi-elasticity rate of the variance function", numberOption)
    .option(
      "--pa <number>",
      "p_A, lower bound on the probability of the class; at most 1/2 gives radius 0 without --pb",
      probabilityOption,
    )
    .option(
      "--pb <number>",
      "p_B, upper bound on the probability of every other class; without --pa, p_A is 1 − p_B",
      upperProbabilityOption,
    )
    .option("--eta <number>", "η, bound on the error of the computed ln σ(x) (default: 0)", numberOption)
    .option("--json", "print JSON")
    .option(
      "--table <file>",
      "read dimension, sigma0, rate and pA (and eta and pB, where given) from a CSV file and print it with the radii",
    )
    .addHelpText(
      "after",
      "\nRadii are rounded down. decreasing and increasing are the radii if σ could only decrease, or only increase," +
        "\naway from x0; the certified radius is the smaller of the two. cohen is the radius of constant σ.",
    )
    .action(radius);
}

async function radius({ table, json, ...single }: RadiusArguments): Promise<void> {
  if (table === undefined) {
    print(radiusText(single, json === true));
    return;
  }
  for (const [name, value] of Object.entries({ ...single, json })) {
    if (value !== undefined) throw new Error(`--${name} cannot be combined with --table`);
  }
  const csv = await readRegularFile(table, LARGEST_TEXT);
  if (!csv) throw new Error(`${table}: there is no such table`);
  print(radiusTable(csv.toString(), table));
}

function radiusText({ dimension, sigma, rate, eta, pa, pb }: RadiusArguments, json: boolean): string {
  if (dimension === undefined || sigma === undefined || rate === undefined || (pa ?? pb) === undefined) {
    throw new Error("give --dimension, --sigma, --rate and --pa (or --pb), or --table");
  }
  const result = certifiedRadius({ dimension, sigma, rate, eta, pA: pa, pB: pb });
  // JSON has no Infinity.
  if (json) return JSON.stringify(result, (_name, value) => (value === Infinity ? "Infinity" : value));
  return Object.entries(result)
    .map(([name, value]) => `${name.padEnd(10)}  ${value}`)
    .join("\n");
}

const INPUT_COLUMNS = ["dimension", "sigma0", "rate", "pA"] as const;
const OPTIONAL_COLUMNS = ["eta", "pB"] as const;

/** Reads the number in a column; undefined if the column is optional and missing, or its cell empty. */
function numberIn(
  cells: Readonly<Record<string, string>>,
  name: (typeof INPUT_COLUMNS | typeof OPTIONAL_COLUMNS)[number],
  where: string,
): number | undefined {
  const text = (cells[name] ?? "").trim();
  if (text === "" && (name === "eta" || name === "pB")) return undefined;
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) {
    throw new Error(`${where}: ${name} must be a number, got "${cells[name]}"`);
  }
  if (isBeyondDoubles(text)) throw new Error(`${where}: ${name} must be ${DOUBLES}, got "${text}"`);
  if (name === "pB") return probabilityUp(text);
  if (name !== "pA") return value;
  if (roundsToOne(text)) throw new Error(`${where}: pA rounds to 1 in double precision, got "${text}"`);
  return probabilityDown(text);
}

/**
 * Adds the columns radius_decreasing, radius_increasing, radius and cohen to a CSV table, at full precision.
 * Existing columns with these names are replaced.
 *
 * @param file - the name of the table's file in errors
 */
function radiusTable(csv: string, file: string): string {
  const { columns, rows: given } = readTable(file, csv, ",");
  for (const name of INPUT_COLUMNS) {
    if (!columns.includes(name))
      throw new Error(`${file} has no column ${name}, only: ${columns.join(", ")}`);
  }
  for (const name of OPTIONAL_COLUMNS) {
    const similar = columns.find((column) => column !== name && column.toLowerCase() === name.toLowerCase());
    if (similar !== undefined) throw new Error(`${file}: column ${similar} must be called ${name}`);
  }
  const rows = given.map(({ line, cells }) => {
    const where = `${file}, line ${line}`;
    const [dimension, sigma, rate, pA] = INPUT_COLUMNS.map((name) => numberIn(cells, name, where) as number);
    const [eta, pB] = OPTIONAL_COLUMNS.map((name) => numberIn(cells, name, where));
    try {
      const result = certifiedRadius({ dimension, sigma, rate, eta, pA, pB });
      return {
        ...cells,
        radius_decreasing: result.decreasing,
        radius_increasing: result.increasing,
        radius: result.radius,
        cohen: result.cohen,
      };
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
  });
  if (rows.length === 0) throw new Error(`${file} has no rows`);
  return unparse(rows, { newline: "\n" });
}
