import { type Command, Option } from "commander";
import type { Database } from "../variance/database";
import { constant } from "../variance/constant";
import { meanCenter, nearestNeighbor, type NearestNeighborOptions } from "../variance/nearest-neighbor";
import type { VarianceFunction } from "../variance/variance-function";
import { type DataArguments, loadDatabaseOf } from "./data-options";
import { countOption, numberOption } from "./options";

/** The values of the options that {@link addVarianceOptions} adds. */
export interface VarianceArguments {
  variance: "constant" | "nearest-neighbor";
  sigma: number;
  rate?: number;
  center?: number | "mean";
  neighbors?: number;
  database?: string;
}

/**
 * Adds the options that choose a variance function σ(x) to a command.
 *
 * @param isCertify - whether the command also takes σ(x) in other ways: --sigmas, or --selector
 */
export function addVarianceOptions(command: Command, isCertify: boolean = false): Command {
  return command
    .addOption(
      new Option("--variance <name>", "variance function σ(x)")
        .choices(["constant", "nearest-neighbor"])
        .default("constant"),
    )
    .addOption(
      new Option("--sigma <number>", "σ of a constant variance function, or σ_b of nearest-neighbor")
        .argParser(numberOption)
        .makeOptionMandatory(!isCertify),
    )
    .option(
      "--rate <number>",
      `r, the semi-elasticity rate of nearest-neighbor${isCertify ? " or of --sigmas" : ""}`,
      numberOption,
    )
    .option(
      "--center <number>",
      "m, the center of nearest-neighbor: a number (in the paper 1.5 for MNIST, 5 for CIFAR-10) or mean",
      (text) => (text === "mean" ? text : numberOption(text)),
    )
    .option(
      "--neighbors <count>",
      "k, the number of neighbors of nearest-neighbor (default: 20)",
      countOption,
    )
    .option(
      "--database <name or path>",
      "images that nearest-neighbor searches (default: the training images of --data)",
    );
}

/** Makes the variance function that the options specify. */
export async function varianceOf(options: VarianceArguments & DataArguments): Promise<VarianceFunction> {
  const neighborOptions = await neighborOptionsOf(options, () => loadDatabaseOf(options, options.database));
  return neighborOptions ? nearestNeighbor(neighborOptions) : constant(options.sigma);
}

/**
 * Returns the parameters of the nearest-neighbor variance function that the options specify.
 *
 * @param loadDatabase - a function that loads the training images
 * @returns the parameters, or undefined for a constant variance function
 * @throws Error if an option is missing, or if an option does not apply to a constant variance function
 */
export async function neighborOptionsOf<D extends Database>(
  { variance, sigma, rate, center, neighbors, database: given }: VarianceArguments,
  loadDatabase: () => Promise<D>,
): Promise<(NearestNeighborOptions & { database: D }) | undefined> {
  if (variance === "constant") {
    for (const [name, value] of Object.entries({ rate, center, neighbors, database: given })) {
      if (value !== undefined) throw new Error(`--${name} needs --variance nearest-neighbor`);
    }
    return undefined;
  }
  if (rate === undefined || center === undefined) {
    throw new Error("--variance nearest-neighbor needs --rate and --center");
  }
  const database = await loadDatabase();
  const m = center === "mean" ? await meanCenter(database, neighbors) : center;
  return { database, sigmaBase: sigma, rate, center: m, neighbors };
}
