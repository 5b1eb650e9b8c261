import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The rows of a reference table; cells that are numbers are read as numbers. */
export function readReference<Row>(file: string): Row[] {
  const [header, ...lines] = readFileSync(join(__dirname, file), "utf8").trim().split(/\r?\n/);
  const columns = header.split(",");
  return lines.map((line) => {
    const cells = line.split(",").map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell)));
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]])) as Row;
  });
}
