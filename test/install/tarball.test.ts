import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageFile } from "../../src/files/package-file";

const run = promisify(execFile);
const MODEL = "node_modules/idrs/models/mnist-sigma-0.5/int8.onnx";
const RECORD = "node_modules/idrs/records/mnist-0.5-mean";
/** Mebibytes, as the README promises. */
const LIMIT = 520;

let place: string;
let folder: string;
let packed: string[];

/** The standard output of a program in the folder. */
async function inFolder(command: string, ...options: string[]): Promise<string> {
  return (await run(command, options, { cwd: folder, maxBuffer: 2 ** 26 })).stdout;
}

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "idrs-install-"));
  folder = join(place, "app");
  await mkdir(folder);
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", place], {
    cwd: packageFile(),
    maxBuffer: 2 ** 26,
  });
  const [{ filename, files }] = Object.values(
    JSON.parse(stdout) as Record<string, { filename: string; files: { path: string }[] }>,
  );
  packed = files.map(({ path }) => path);
  await inFolder(
    "npm",
    ...["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", join(place, filename)],
  );
});

// 500 MB: they go at once, also after a failure.
afterAll(() => rm(place, { recursive: true, force: true }));

it("the tarball holds program, models, notebooks and records, but no sources, tests or checkpoints", () => {
  const top = new Set(packed.map((path) => path.split("/")[0]));
  expect([...top].sort()).toEqual(
    ["LICENSE", "README.md", "bin", "dist", "models", "notebooks", "package.json", "records"].sort(),
  );
  expect(packed.filter((path) => /checkpoint\.bin$|\.lock$|\.tsbuildinfo$|unfinished/.test(path))).toEqual(
    [],
  );
  const models = new Set(packed.filter((path) => /^models\/.*\//.test(path)).map(dirname));
  expect(models.size).toBeGreaterThan(15);
  for (const model of models) expect(packed).toContain(`${model}/int8.onnx`);
});

it(`an install takes at most ${LIMIT} MB, without data frames and TensorFlow.js`, async () => {
  const [size] = (await inFolder("du", "-sm", "node_modules")).split("\t");
  expect(Number(size)).toBeLessThanOrEqual(LIMIT);
  const message = await inFolder(
    process.execPath,
    "-e",
    `require("idrs").dataFrame([]).catch((error) => console.log(error.message))`,
  );
  expect(message).toMatch("need the package danfojs-node, which is not installed");
});

it("an image is certified with a shipped model, and a user's notebook runs in the kernel", async () => {
  const source = `import { certifiedRadius, constant, loadOnnxClassifier, showTable, smooth } from "idrs";
const model = await loadOnnxClassifier("${MODEL}", { channels: 1, height: 28, width: 28 });
const g = smooth(model, constant(0.5));
const certificate = await g.certify(new Float32Array(784), { n0: 10, n: 100, alpha: 0.01 });
await model.close();
showTable([{ votes: certificate.votes.reduce((sum, count) => sum + count, 0) }]);`;
  const cell = { cell_type: "code", execution_count: null, id: "a", metadata: {}, outputs: [], source };
  const kernelspec = { name: "tslab", display_name: "TypeScript (idrs)", language: "typescript" };
  const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  await writeFile(join(folder, "mine.ipynb"), JSON.stringify(notebook));
  const program = `
    const { executeNotebook } = require("./node_modules/idrs/dist/kernel/execute.js");
    const { readNotebook } = require("./node_modules/idrs/dist/kernel/notebook-file.js");
    readNotebook("mine.ipynb").then((notebook) => executeNotebook(notebook, { cwd: process.cwd() }))
      .then((done) => console.log(JSON.stringify(done)));`;
  const output = await inFolder(process.execPath, "-e", program);
  expect(output).toContain("votes");
  expect(output).toContain("100");
});

it("a record becomes a report", async () => {
  await inFolder("node_modules/.bin/idrs", "report", RECORD, "--out", "report.html");
  expect(await readFile(join(folder, "report.html"), "utf8")).toContain("<table");
});

it("radii need no ONNX Runtime, and loading a model names what is missing", async () => {
  const program = `
    const idrs = require("idrs");
    console.log(Object.keys(require.cache).filter((file) => file.includes("onnxruntime")).length);
    console.log(idrs.certifiedRadius({ dimension: 784, sigma: 0.5, rate: 0.01, pA: 0.99 }).radius > 1);
    require("node:fs").renameSync("node_modules/onnxruntime-node", "node_modules/gone");
    idrs.loadOnnxClassifier("${MODEL}", { channels: 1, height: 28, width: 28 })
      .catch((error) => console.log(error.message));`;
  const [loaded, radius, message] = (await inFolder(process.execPath, "-e", program)).split("\n");
  expect([loaded, radius]).toEqual(["0", "true"]);
  expect(message).toMatch(
    "need the package onnxruntime-node, which is not installed: npm install --ignore-scripts",
  );
});

it("no public type imports an optional package", async () => {
  const seen = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = await readFile(file, "utf8");
    expect(text, file).not.toMatch(/^(import|export) .*"(danfojs-node|@tensorflow|onnxruntime-node)/m);
    for (const [, next] of text.matchAll(/(?:from |import\()"(\.[^"]+)"/g))
      await visit(join(dirname(file), `${next}.d.ts`));
  };
  await visit(packageFile("dist", "index.d.ts"));
  expect(seen.size).toBeGreaterThan(20);
});
