import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { parse } from "papaparse";
import { afterEach, describe, expect, it, vi } from "vitest";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { cohenRadius } from "../../src/certificates/cohen";
import { radiusCommand } from "../../src/cli/radius";
import { probabilityDown } from "../../src/numerics/rounded-down";

/** Runs `idrs radius` in this process, and returns what it prints. */
async function radius(...args: string[]): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  log.mockClear();
  const command: Command = radiusCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await command.parseAsync(args, { from: "user" });
  return log.mock.calls.flat().join("\n");
}

afterEach(() => vi.restoreAllMocks());

const reference = join(__dirname, "../reference/certified_radius.csv");
const one = ["--dimension", "3072", "--sigma", "0.25", "--rate", "0.01"];

function csvFile(content: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "idrs-")), "table.csv");
  writeFileSync(file, content);
  return file;
}

describe("idrs radius", () => {
  const expected = certifiedRadius({ dimension: 3072, sigma: 0.25, rate: 0.01, pA: 0.99 });

  it("prints the radius, its sides and Cohen's", async () => {
    const lines = (await radius(...one, "--pa", "0.99")).split("\n").map((line) => line.split(/\s+/));
    expect(Object.fromEntries(lines.map(([name, value]) => [name, Number(value)]))).toEqual(expected);
  });

  it("prints JSON, and accepts p_B", async () => {
    expect(JSON.parse(await radius(...one, "--pa", "0.99", "--json"))).toEqual(expected);
    const tiny = JSON.parse(await radius(...one, "--pb", "1e-30", "--json")) as { radius: number };
    expect(tiny.radius).toBeGreaterThan(expected.radius);
    const runnerUp = JSON.parse(
      await radius(...one, "--pa", "0.375", "--pb", "0.25", "--eta", "1e-6", "--json"),
    ) as object;
    const setting = { dimension: 3072, sigma: 0.25, rate: 0.01, eta: 1e-6, pA: 0.375, pB: 0.25 };
    expect(runnerUp).toEqual(certifiedRadius(setting));
  });

  it("prints an infinite radius in JSON as the text Infinity", async () => {
    const printed = JSON.parse(await radius(...one, "--pa", "1", "--json")) as object;
    expect(printed).toEqual({
      radius: "Infinity",
      decreasing: "Infinity",
      increasing: "Infinity",
      cohen: "Infinity",
    });
  });

  it("reads a table and prints it with the radii, to at least 12 digits", async () => {
    const { data } = parse<Record<string, string>>(await radius("--table", reference), { header: true });
    expect(data.length).toBe(200);
    for (const row of data) {
      const [dimension, sigma, rate] = ["dimension", "sigma0", "rate"].map((name) => Number(row[name]));
      const pA = probabilityDown(row.pA);
      const found = certifiedRadius({ dimension, sigma, rate, pA });
      expect(Number(row.radius)).toBe(found.radius);
      expect(Number(row.radius_decreasing)).toBe(found.decreasing);
      expect(Number(row.radius_increasing)).toBe(found.increasing);
      expect(Number(row.cohen)).toBe(found.cohen);
    }
  });

  it("reads η and p_B from a table, where they are given", async () => {
    const rows = ["3,0.25,0.01,0.75,0.001,", "3,0.25,0.01,0.75,,0.125", "3,0.25,0.01,0.75,0.001,0.125"];
    const table = csvFile(`dimension,sigma0,rate,pA,eta,pB\n${rows.join("\n")}\n`);
    const { data } = parse<Record<string, string>>(await radius("--table", table), { header: true });
    const o = { dimension: 3, sigma: 0.25, rate: 0.01, pA: 0.75 };
    expect(data.map((row) => Number(row.radius))).toEqual(
      [{ eta: 0.001 }, { pB: 0.125 }, { eta: 0.001, pB: 0.125 }].map(
        (more) => certifiedRadius({ ...o, ...more }).radius,
      ),
    );
    await expect(
      radius("--table", csvFile("dimension,sigma0,rate,pA,eta\n3,1,0,0.9,small\n")),
    ).rejects.toThrow('line 2: eta must be a number, got "small"');
  });

  it("rounds a p_A near 1 down, so that the radius is not above that of the p_A given", async () => {
    const pA = "0.99999999999999984";
    const atMost = cohenRadius({ sigma: 1, pB: 1.6e-16 * (1 + 1e-15) }).radius;
    const printed = await radius("--dimension", "3072", "--sigma", "1", "--rate", "0", "--pa", pA, "--json");
    expect((JSON.parse(printed) as { radius: number }).radius).toBeLessThan(atMost);
    const table = csvFile(`dimension,sigma0,rate,pA\n3072,1,0,${pA}\n`);
    const { data } = parse<Record<string, string>>(await radius("--table", table), { header: true });
    expect(Number(data[0].radius)).toBeLessThan(atMost);
  });

  it("rounds p_B up, so that the radius is not above that of the p_B given", async () => {
    const typed = "0.499999920"; // the nearest double is 1.3e-17 below
    const of = async (pb: string): Promise<number> =>
      (
        JSON.parse(
          await radius("--dimension", "3072", "--sigma", "1", "--rate", "0", "--pb", pb, "--json"),
        ) as { radius: number }
      ).radius;
    expect(await of(typed)).toBeLessThan(2.0053026197048e-7);
    expect(await of(typed)).toBeGreaterThan(2.0053026e-7);
  });

  it("refuses columns of a table that are known but for their case", async () => {
    const file = csvFile("dimension,sigma0,rate,pA,Eta\n784,0.5,0.01,0.99,0.1\n");
    await expect(radius("--table", file)).rejects.toThrow(/column Eta must be called eta/);
  });

  it("keeps other columns, and accepts a byte order mark, CRLF, quotes and empty lines", async () => {
    const file = csvFile('\uFEFFid,pA,rate,sigma0,dimension\r\n"a,b",0.9,0,1,3\r\n\r\nc,0.4, 0.1 ,1,3\r\n');
    const [header, first, second] = (await radius("--table", file)).split("\n");
    expect(header).toBe("id,pA,rate,sigma0,dimension,radius_decreasing,radius_increasing,radius,cohen");
    expect(first).toMatch(/^"a,b",0\.9,0,1,3,1\.28155156554\d*,/);
    expect(second).toMatch(/^c,0\.4,.*,0,0,0,0$/);
  });

  it.each([
    ["dimension,sigma0,rate\n3,1,0\n", "has no column pA, only: dimension, sigma0, rate"],
    ["dimension,sigma0,rate,pA\n3,1,0,0.9\n\n3,x,0,0.9\n", 'line 4: sigma0 must be a number, got "x"'],
    ["dimension,sigma0,rate,pA\n3,1,,0.9\n", 'line 2: rate must be a number, got ""'],
    ["dimension,sigma0,rate,pA\n3,1,0\n", "line 2: has 3 values, expected 4"],
    ["dimension,sigma0,rate,pA\n3\n", "line 2: has 1 value, expected 4"],
    [
      "dimension,sigma0,rate,pA\n2.5,1,0,0.9\n",
      "line 2: dimension must be an integer of at least 1, got 2.5",
    ],
    ["dimension,sigma0,rate,pA\n3,1,0,1.5\n", "line 2: pA must be a probability in [0, 1], got 1.5"],
    ["dimension,sigma0,rate,pA\n", "has no rows"],
    ["", "has no column dimension"],
  ])("names the file and the line of a bad table: %j", async (content, message) => {
    const file = csvFile(content);
    const failure = radius("--table", file);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(file);
  });

  it("names missing and surplus options", async () => {
    await expect(radius("--table", "no-such.csv")).rejects.toThrow("no-such.csv: there is no such table");
    await expect(radius(...one)).rejects.toThrow(
      "give --dimension, --sigma, --rate and --pa (or --pb), or --table",
    );
    await expect(radius(...one, "--pa", "0.9", "--eta", "-1")).rejects.toThrow(
      "eta must be a number of at least 0",
    );
    await expect(radius(...one, "--pa", "1.2")).rejects.toThrow(
      "pA must be a probability in [0, 1], got 1.2",
    );
    await expect(radius("--table", reference, "--pa", "1")).rejects.toThrow(
      "--pa cannot be combined with --table",
    );
    await expect(radius("--sigma", "wide")).rejects.toThrow(CommanderError);
  });

  it.each(["0.9999999999999999999", "0.99999999999999999", "1.00000000000000000001"])(
    "p_A = %s, which rounds to 1, is refused",
    async (pA) => {
      await expect(radius(...one, "--pa", pA)).rejects.toThrow(/give 1 − p_A with --pb/);
      const table = csvFile(`dimension,sigma0,rate,pA\n3072,0.25,0.01,${pA}\n`);
      await expect(radius("--table", table)).rejects.toThrow(/line 2: pA rounds to 1/);
      expect(await radius(...one, "--pa", "1.0")).toContain("Infinity");
    },
  );

  it.each(["1e-400", "0.5e-320", "0x1e-400", "1e400", "-1e400", "Infinity", `0.${"0".repeat(400)}1`])(
    "%s, which double precision cannot hold, is refused",
    async (text) => {
      await expect(radius(...one, `--pb=${text}`)).rejects.toThrow(CommanderError);
      const table = csvFile(`dimension,sigma0,rate,pA\n3072,0.25,${text},0.9\n`);
      await expect(radius("--table", table)).rejects.toThrow(/line 2: rate must be /);
    },
  );

  it("names a number that double precision cannot hold, and the numbers that it can", async () => {
    await expect(radius(...one, "--pb", "1e-400")).rejects.toThrow(
      "argument '1e-400' is invalid. expected 0 or a number of a size from 2.3e-308 to 1.7e308.",
    );
    expect(await radius(...one, "--pb", "1e-307")).not.toContain("Infinity");
    expect(await radius(...one, "--pb", "0e-400")).toContain("Infinity"); // 0 itself
  });
});
