// Your logs next to ours: node examples/your-logs.mjs noise_0.50.tsv 0.5 (a log of Cohen et al.'s code, and its σ).
import { existsSync } from "node:fs";
import { certifiedAccuracyFigure, compareRecords, readCohenLog, readRecord, save, summarize } from "idrs";

const folder = `${import.meta.dirname}/../records/mnist-0.5-r0.01`;
const ours = await readRecord(folder);
const [file = "log.tsv", sigma = "0.5178"] = process.argv.slice(2);
// Without a log, write one in their format from our run with constant σ.
if (!existsSync(file)) await save(file, await readRecord(folder.replace("r0.01", "mean")));

const { dataset, n0, n } = ours.configuration;
const theirs = await readCohenLog(file, { sigma: Number(sigma), dataset, n0, n });
console.log("theirs", summarize(theirs).averageRadius, "ours", summarize(ours).averageRadius);
await save("beside.pdf", certifiedAccuracyFigure({ theirs, ours }));
await save("differences.md", compareRecords(theirs, ours), { digits: 3 });
