import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readRecord } from "../../src/experiments/record";
import { certifyStripes, newFolder } from "./stripes";

let [folder, configurationFile, rowsFile, head, table]: string[] = [];
beforeAll(async () => {
  folder = await newFolder();
  [configurationFile, rowsFile] = ["configuration.json", "rows.csv"].map((name) => join(folder, name));
  await certifyStripes(folder);
  [head, table] = [await readFile(configurationFile, "utf8"), await readFile(rowsFile, "utf8")];
});
beforeEach(async () => {
  await writeFile(configurationFile, head);
  await writeFile(rowsFile, table);
});
afterAll(() => rm(dirname(folder), { recursive: true }));

/** Puts a value into the configuration; undefined removes the key. */
async function configure(path: string, value: unknown): Promise<void> {
  const content = JSON.parse(head);
  const keys = path.split(".");
  const last = keys.pop() as string;
  const parent = keys.reduce((object, key) => object[key], content.configuration);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  await writeFile(configurationFile, JSON.stringify(content));
}

/** Puts a cell into the first row. */
async function fill(column: string, value: string): Promise<void> {
  const [header, row, ...rest] = table.split("\n");
  const cells = row.split(",");
  cells[header.split(",").indexOf(column)] = value;
  await writeFile(rowsFile, [header, cells.join(","), ...rest].join("\n"));
}

describe("an impossible configuration is refused in one line that names key and value", () => {
  it.each([
    [
      "format",
      1,
      /configuration\.json: has record format 1, but this version of idrs reads format 2; certify again/,
    ],
    ["format", undefined, /has an old record format: .*; certify again, into another folder$/],
    ["format", 3, /has record format 3, but this version of idrs reads format 2/],
    ["dataset.every", 0, /configuration\.json: dataset\.every is unknown$/],
    ["dataset.count", 1e15, /dataset\.count must be an integer from 1 to 2147483648, got 1000000000000000$/],
    ["dataset.count", 2.5, /dataset\.count must be an integer .*, got 2\.5$/],
    ["dataset.count", "25", /dataset\.count must be an integer .*, got "25"$/],
    ["dataset.count", undefined, /dataset\.count is missing, expected an integer from 1/],
    ["dataset.count", 12, /dataset\.images must be at most 12 indices in ascending order .*, got "0-24:2"$/],
    ["dataset.images", "0-2147483647", /dataset\.images must be at most 25 indices in ascending order/],
    ["dataset.images", "5-1", /dataset\.images must be .*, got "5-1"$/],
    ["dataset.dimension", 0, /dataset\.dimension must be an integer from 1 .*, got 0$/],
    ["dataset", null, /dataset must be an object, got null$/],
    ["dataset", undefined, /dataset is missing, expected an object$/],
    ["dataset.checksums", { file: 5 }, /dataset\.checksums\.file must be a text, got 5$/],
    ["model", [], /model must be an object, got \[\]$/],
    ["classCount", 1e9, /classCount must be an integer from 1 to 1048576, got 1000000000$/],
    ["levels", 0, /levels must be an integer from 1 to 8388607, got 0$/],
    ["variance.rate", -0.01, /variance\.rate must be a number of at least 0, got -0\.01$/],
    ["variance.rate", 0.5, /variance\.rate must be 0 for a constant σ, got 0\.5$/],
    ["variance.eta", 1e-9, /variance\.eta must be 0 for a constant σ, got 1e-9$/],
    ["variance.isConstant", "yes", /variance\.isConstant must be true or false, got "yes"$/],
    ["variance.sigmaSha256", "abc", /variance\.sigmaSha256 must be 64 hexadecimal digits, got "abc"$/],
    [
      "variance.sigmaSha256",
      "0".repeat(64),
      /rows\.csv: the values of σ\(x\) are not those that the run began with/,
    ],
    ["n", 0, /: n must be an integer of at least 1, got 0$/],
    ["n", 299, /rows\.csv, line 2: n must be 299, got 300$/],
    ["n", 301, /: tau must be at least \S+ and below alpha = 0\.01, got /],
    ["n0", 1e300, /n0 must be an integer of at least 1, got 1e\+300$/],
    ["alpha", 1, /alpha must be a number between 0 and 1, got 1$/],
    ["alpha", 0.0001, /line 2: pA must be 0\.\d+, as its votes show, or just below, got /],
    ["tau", 0, /tau must be at least \S+ and below alpha = 0\.01, got 0$/],
    ["seed", -1, /seed must be an integer of at least 0, got -1$/],
    [
      "sampling.name",
      "decide",
      /bound must be "confidence-sequence" if sampling may stop early, got "clopper-p/,
    ],
    [
      "bound",
      "hoeffding",
      /bound must be "clopper-pearson" or "confidence-sequence" or "all-classes", got "hoeffding"$/,
    ],
    ["shard", "3/2", /shard must be part\/parts, with part at most parts, got "3\/2"$/],
    ["shard", "a/b", /shard must be a part such as 2\/8, got "a\/b"$/],
    ["extra", 1, /configuration\.json: extra is unknown$/],
    ["constructor", 1, /configuration\.json: constructor is unknown$/],
  ])("%s = %j", async (path, value, message) => {
    await configure(path, value);
    const error = await readRecord(folder).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toMatch(/\n/);
    // A run that would go on there is refused too, and changes nothing.
    const written = await readFile(configurationFile, "utf8");
    await expect(certifyStripes(folder)).rejects.toThrow();
    expect(await readFile(configurationFile, "utf8")).toBe(written);
    expect(await readFile(rowsFile, "utf8")).toBe(table);
  });
});

describe("an impossible row is refused in one line that names line, column and value", () => {
  it.each([
    ["label", "99", /line 2: label must be an integer from 0 to 1, got 99$/],
    ["sigma", "-0.5", /line 2: sigma must be a positive number, got -0\.5$/],
    ["sigma", "0x1", /line 2: sigma must be a positive number, got "0x1"$/],
    ["sigma", "Infinity", /line 2: sigma must be a positive number, got "Infinity"$/],
    ["sigma", "0.3", /line 2: radius must be|line 3: sigma must be 0\.3, because it is constant, got 0\.25/],
    ["predicted", "-2", /line 2: predicted must be an integer from -1 to 1, got -2$/],
    ["predicted", "1", /line 2: predicted must be 0, as its votes show, got 1$/],
    ["candidate", "1", /line 2: candidate must be 0, as its votes show, got 1$/],
    ["n0", "11", /line 2: n0 must be 10, got 11$/],
    ["n", "299", /line 2: n must be 300, got 299$/],
    ["selectionVotes", "0:9", /line 2: selectionVotes must add up to n0 = 10, got 9$/],
    ["votes", "0:299", /line 2: votes must add up to n = 300, got 299$/],
    ["votes", "300", /line 2: votes must be class:count for classes below 2 in ascending order, got "300"$/],
    ["votes", "1:10 0:290", /line 2: votes must be class:count .*, got "1:10 0:290"$/],
    ["votes", "0:290 0:10", /line 2: votes must be class:count/],
    ["votes", "2:300", /line 2: votes must be class:count for classes below 2 .*, got "2:300"$/],
    ["votes", "", /line 2: votes must be class:count .*, got ""$/],
    ["pA", "2", /line 2: pA must be a probability, got 2$/],
    ["pA", "0.9999999", /line 2: pA must be 0\.95\d+, as its votes show, or just below, got 0\.9999999$/],
    ["radius", "-1", /line 2: radius must be a number of at least 0, got -1$/],
    ["radius", "5", /line 2: radius must be 0\.\d+, as its votes show, or just below, got 5$/],
    ["radius", "0.1", /line 2: radius must be 0\.\d+, as its votes show, or just below, got 0\.1$/],
    ["correct", "0", /line 2: correct must be 1, as its votes show, got 0$/],
    ["seconds", "soon", /line 2: seconds must be a number of at least 0, got "soon"$/],
  ])("%s = %s", async (column, value, message) => {
    await fill(column, value);
    await expect(readRecord(folder)).rejects.toThrow(message);
    await expect(certifyStripes(folder)).rejects.toThrow(message);
  });

  it("a row beyond the images of the run", async () => {
    const last = table.trim().split("\n").at(-1);
    await writeFile(rowsFile, `${table}${last}\n`);
    await expect(readRecord(folder)).rejects.toThrow(
      /line 15: is one row too many, expected one row for each image of the run$/,
    );
  });

  it("an empty line between rows", async () => {
    await writeFile(rowsFile, table.replace("\n2,", "\n\n2,"));
    await expect(readRecord(folder)).rejects.toThrow(/line 3: has 1 value, expected 13$/);
  });
});

describe("p_A and radius of a row", () => {
  it("may be below what the votes prove by a relative 1e-9, and are not above", async () => {
    const [row] = (await readRecord(folder)).rows;
    for (const column of ["pA", "radius"] as const) {
      await fill(column, String(row[column] * (1 - 8e-10)));
      await readRecord(folder);
      for (const change of [2e-10, -2e-9]) {
        await fill(column, String(row[column] * (1 + change)));
        await expect(readRecord(folder)).rejects.toThrow(new RegExp(`line 2: ${column} must be`));
      }
    }
  });
});
