/*
 * The gain and cost of bounds on all classes: records are recertified from their votes.
 *
 *   npm run bench:bounds                       # the records of records/
 *   npm run bench:bounds -- out/mine out/other
 *
 * Prints average radius, certified accuracy at R > 0, 0.25, 0.5 and 1, and abstentions for each record and
 * bound. Then it prints the radius of unanimous votes in units of σ, for constant σ.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cohenRadius } from "../src/certificates/cohen";
import { termsOf } from "../src/experiments/run-configuration";
import { readRecord } from "../src/experiments/record";
import { classBounds, type ConfidenceBound } from "../src/sampling/class-bounds";
import { ABSTAIN, certificateOf } from "../src/smoothing/certify";

const BOUNDS: readonly ConfidenceBound[] = ["clopper-pearson", "all-classes"];
const RADII = [0, 0.25, 0.5, 1];

async function main(): Promise<void> {
  const shipped = join(process.cwd(), "records");
  const given = process.argv.slice(2);
  const folders = given.length > 0 ? given : readdirSync(shipped).map((name) => join(shipped, name));
  for (const folder of folders) {
    const { configuration, rows } = await readRecord(folder);
    console.log(`${folder}: ${rows.length} images, n = ${configuration.n}`);
    for (const bound of BOUNDS) {
      const terms = { ...termsOf(configuration), bound };
      const certificates = rows.map((row) => ({ ...certificateOf(row, terms), label: row.label }));
      const share = (holds: (c: (typeof certificates)[number]) => boolean): string =>
        (certificates.filter(holds).length / rows.length).toFixed(3);
      const average =
        certificates.reduce((sum, c) => sum + (c.predicted === c.label ? c.radius : 0), 0) / rows.length;
      const certified = RADII.map((r) => share((c) => c.predicted === c.label && c.radius > r));
      console.log(
        `  ${bound.padEnd(16)} average radius ${average.toFixed(4)}; certified at R > ${RADII.join(", ")}: ` +
          `${certified.join(" ")}; abstained ${share((c) => c.predicted === ABSTAIN)}`,
      );
    }
  }
  console.log("radius of unanimous votes / σ, 10 classes, α = 0.001");
  for (const n of [1000, 10_000, 100_000]) {
    const votes = [n, ...new Array<number>(9).fill(0)];
    const [alone, all] = BOUNDS.map(
      (bound) => cohenRadius({ sigma: 1, ...classBounds(bound, votes, 0, 0.001) }).radius,
    );
    console.log(
      `  n = ${n}: ${alone.toFixed(4)} and ${all.toFixed(4)}, ${(100 * (1 - all / alone)).toFixed(2)} % less`,
    );
  }
}

void main();
