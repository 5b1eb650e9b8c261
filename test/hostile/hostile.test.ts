import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { summarize } from "../../src/analysis/summary";
import { readCohenLog } from "../../src/analysis/cohen-log";
import { readOnnxModel } from "../../src/classifiers/onnx-model";
import { quantizeClassifier } from "../../src/classifiers/quantize";
import { decodeImage } from "../../src/datasets/decode-image";
import { readIdx } from "../../src/datasets/idx";
import { requireDataset } from "../../src/datasets/image-dataset";
import { describeImageDataset } from "../../src/datasets/image-datasets";
import { loadImages } from "../../src/datasets/load-images";
import { readRecord } from "../../src/experiments/record";
import {
  certifiedRadiusFigure,
  type CertifiedRadiusFigureOptions,
} from "../../src/figures/certified-radius-figure";
import { formatNotebook, readNotebook } from "../../src/kernel/notebook-file";
import { encodeOnnx } from "../../src/onnx/onnx-format";
import { reportPage } from "../../src/pages/report-page";
import { shareNotebook } from "../../src/pages/share";
import { readCheckpoint, readStart, writeCheckpoint } from "../../src/training/checkpoint";
import { certifyStripes, stripes } from "../experiments/stripes";
import { altered, damaged, idrs, type Tally, type Trial, tryAll } from "./trials";

const fixtures = join(__dirname, "../datasets/fixtures");
const tally: Tally = { errors: 0, accepted: 0, wrong: [] };
const started = performance.now();

/** Tries inputs; what is wrong with them is shown. */
async function attempt(trials: readonly Trial[]): Promise<void> {
  const own: Tally = { errors: 0, accepted: 0, wrong: [] };
  await tryAll(trials, own);
  tally.errors += own.errors;
  tally.accepted += own.accepted;
  tally.wrong.push(...own.wrong);
  expect(own.wrong).toEqual([]);
}

const home = mkdtempSync(join(tmpdir(), "idrs-hostile-"));
let folders = 0;

/** Writes files into a new folder, and returns its path. */
function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = join(home, String(folders++));
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

function fileOf(name: string, content: string | Uint8Array): string {
  return join(folderOf({ [name]: content }), name);
}

/** Texts in the place of a number. */
const NO_NUMBERS = ["", " ", "NaN", "Infinity", "-1", "1e999", "0x", "x", "1,5", "constructor", "--", "½"];

describe("hostile inputs", () => {
  const record = join(home, "record");
  beforeAll(async () => {
    await certifyStripes(record);
  });

  it("records: every part of the configuration", async () => {
    const rows = readFileSync(join(record, "rows.csv"));
    const head = JSON.parse(readFileSync(join(record, "configuration.json"), "utf8")) as object;
    const trials = [...altered(head)].map(([name, changed]): Trial => {
      const folder = folderOf({ "configuration.json": JSON.stringify(changed), "rows.csv": rows });
      return {
        name,
        names: folder,
        mayPass: true,
        // What is accepted can be shown.
        run: async () => summarize(await readRecord(folder)),
      };
    });
    const texts = ["", "{", "null", "[]", "1", '"x"', "{}", '{"configuration":{}}', "\u0000", "{\n\n\nx"];
    const others = texts.map((text): Trial => {
      const folder = folderOf({ "configuration.json": text, "rows.csv": rows });
      return { name: `configuration ${text}`, names: folder, run: () => readRecord(folder) };
    });
    await attempt([...trials, ...others]);
  });

  it("records: every column of the table", async () => {
    const text = readFileSync(join(record, "rows.csv"), "utf8");
    const lines = text.trim().split("\n");
    const table = (row: string[]): string => [lines[0], row.join(","), ...lines.slice(2), ""].join("\n");
    const cells = lines[1].split(",");
    const tables = lines[0]
      .split(",")
      .flatMap((column, i): [string, string, boolean][] =>
        [...NO_NUMBERS, "1e9", '"', "3:4 3:4", "1:", "-0", "0.1"].map((value) => [
          `${column} ${value}`,
          table(cells.map((cell, j) => (i === j ? value : cell))),
          ["seconds", "label", "radius", "pA"].includes(column),
        ]),
      );
    const wholes: [string, string, boolean][] = [
      "",
      "\n",
      "\n\n",
      "index",
      lines[0],
      text + "x\n",
      `${text}\n`,
    ].map((table) => [`table ${JSON.stringify(table.slice(0, 20))}`, table, false]);
    const torn = damaged(Buffer.from(text), 40).map(([name, content]): [string, string, boolean] => [
      name,
      content.toString("latin1"),
      true,
    ]);
    await attempt(
      [...tables, ...wholes, ...torn].map(([name, table, mayPass]) => {
        const folder = folderOf({ "rows.csv": table });
        cpSync(join(record, "configuration.json"), join(folder, "configuration.json"));
        return { name, names: folder, mayPass, run: () => readRecord(folder) };
      }),
    );
  });

  it("notebooks: every part", async () => {
    const notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: "tslab" }, language_info: { name: "typescript" } },
      cells: [
        {
          id: "a",
          cell_type: "markdown",
          metadata: { tags: ["cover"] },
          source: ["# A", "x"],
          attachments: {},
        },
        {
          id: "b",
          cell_type: "code",
          metadata: { tags: ["cover"] },
          source: "1",
          execution_count: 1,
          outputs: [
            { output_type: "stream", name: "stdout", text: ["a"] },
            { output_type: "display_data", data: { "image/png": "AA==", "text/plain": "x" }, metadata: {} },
            { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
          ],
        },
      ],
    };
    const texts = ["", "{", "null", "[]", "{}", "1", '{"nbformat":4}', "\u0000\u0001"];
    const all: [string, string, boolean][] = [
      ...texts.map((text): [string, string, boolean] => [`text ${text}`, text, false]),
      ...[...altered(notebook)].map(([name, changed]): [string, string, boolean] => [
        name,
        JSON.stringify(changed),
        true,
      ]),
    ];
    await attempt(
      all.map(([name, text, mayPass]) => {
        const file = fileOf("a.ipynb", text);
        const run = async () => {
          formatNotebook(await readNotebook(file));
          return shareNotebook(file);
        };
        return { name, names: file, mayPass, run };
      }),
    );
  });

  it("NumPy's arrays, parquet, and archives", async () => {
    const labels = readFileSync(join(fixtures, "y_test.npy"));
    const arrays = damaged(readFileSync(join(fixtures, "x_test.npy")), 60).map(([name, content]): Trial => {
      const folder = folderOf({ "x_test.npy": content, "y_test.npy": labels });
      const file = join(folder, "x_test.npy");
      return {
        name: `npy, ${name}`,
        names: folder,
        mayPass: true,
        run: async () => requireDataset(await loadImages(file)),
      };
    });
    const ofLabels = damaged(labels, 40).map(([name, content]): Trial => {
      const folder = folderOf({
        "x_test.npy": readFileSync(join(fixtures, "x_test.npy")),
        "y_test.npy": content,
      });
      const file = join(folder, "x_test.npy");
      return {
        name: `labels, ${name}`,
        names: folder,
        mayPass: true,
        run: async () => requireDataset(await loadImages(file)),
      };
    });
    const others = ["images.npz", "test-snappy.parquet", "test-gzip.parquet"].flatMap((name) =>
      damaged(readFileSync(join(fixtures, name)), 50, 3).map(([damage, content]): Trial => {
        const file = fileOf(name, content);
        return {
          name: `${name}, ${damage}`,
          names: file,
          mayPass: true,
          run: async () => requireDataset(await loadImages(file)),
        };
      }),
    );
    await attempt([...arrays, ...ofLabels, ...others]);
  });

  it("PNG, JPEG, IDX and lists of images", async () => {
    const images = ["color.jpg", "progressive.jpg", "gray.jpg", "deep.png", "palette.png"].flatMap((name) =>
      damaged(readFileSync(join(fixtures, name)), 30, 5).map(([damage, content]): Trial => ({
        name: `${name}, ${damage}`,
        names: name,
        mayPass: true,
        run: () => decodeImage(name, content),
      })),
    );
    const idx = Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, 4]), Buffer.from([1, 2, 3, 4])]);
    const idxs = damaged(idx, 20).map(([damage, content]): Trial => ({
      name: `idx, ${damage}`,
      names: "labels-idx",
      mayPass: true,
      run: () => readIdx("labels-idx", content, 1),
    }));
    const lists = [
      "",
      "file\n",
      "file,label\n",
      "file,label\nnowhere.png,0\n",
      "file,label\n../a,0\n",
      "file,label\na.jpg\n",
    ]
      .concat(['file,label\n"a.jpg,0\n', "file,label,file\na.jpg,0,a.jpg\n", "constructor,__proto__\n1,2\n"])
      .concat(NO_NUMBERS.map((text) => `file,label\na.jpg,${text}\n`));
    const jpeg = readFileSync(join(fixtures, "color.jpg"));
    const listed = lists.map((text): Trial => {
      const folder = folderOf({ "a.jpg": jpeg, "labels.csv": text });
      return {
        name: `list ${JSON.stringify(text)}`,
        names: folder,
        mayPass: /,(x|constructor|½|NaN|Infinity|--|0x|-1|1e999|1,5)\n$/.test(text),
        run: () => loadImages(folder),
      };
    });
    const cifar = [0, 1, 3073, 3074, 6148].map((length): Trial => {
      const folder = folderOf({});
      mkdirSync(join(folder, "cifar-100-binary"));
      writeFileSync(join(folder, "cifar-100-binary/test.bin"), Buffer.alloc(length, 255));
      return {
        name: `CIFAR-100 of ${length} bytes`,
        run: () => loadImages(join(folder, "cifar-100-binary")),
      };
    });
    const published = (["mnist", "cifar10"] as const).flatMap((name): Trial[] => [
      { name: `fetch ${name} from nowhere`, run: () => idrs("fetch", name, "--from", join(home, "nowhere")) },
      ...[0, 1, 100].map((length): Trial => {
        const folder = folderOf({});
        const files = {
          mnist: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
          cifar10: ["test_batch.bin"],
        };
        mkdirSync(join(folder, name === "mnist" ? "mnist" : "cifar-10-batches-bin"));
        for (const file of files[name]) {
          writeFileSync(
            join(folder, name === "mnist" ? "mnist" : "cifar-10-batches-bin", file),
            Buffer.alloc(length),
          );
        }
        return { name: `fetch ${name} of ${length} bytes`, run: () => idrs("fetch", name, "--from", folder) };
      }),
    ]);
    const before = process.env.IDRS_DATA;
    process.env.IDRS_DATA = join(home, "data");
    try {
      await attempt([...images, ...idxs, ...listed, ...cifar, ...published]);
    } finally {
      if (before === undefined) delete process.env.IDRS_DATA;
      else process.env.IDRS_DATA = before;
    }
  });

  it("ONNX files", async () => {
    const model = encodeOnnx({
      name: "linear",
      inputs: [{ name: "x", shape: ["batch", 1, 2, 2] }],
      output: { name: "y", shape: ["batch", 2] },
      nodes: [
        { operator: "Flatten", inputs: ["x"], output: "f" },
        { operator: "MatMul", inputs: ["f", "w"], output: "y" },
      ],
      weights: [{ name: "w", shape: [4, 2], values: Float32Array.of(-1, 1, 0, 0, 0, 0, 0, 0) }],
    });
    const read = damaged(model, 120, 7).map(([name, content]): Trial => {
      const file = fileOf("m.onnx", content);
      return { name: `onnx, ${name}`, names: file, mayPass: true, run: () => readOnnxModel(file, stripes) };
    });
    const quantized = damaged(model, 8, 9).map(([name, content]): Trial => {
      const file = fileOf("m.onnx", content);
      const options = { dataset: stripes, sigma: 0.1, images: 4, out: join(folderOf({}), "q.onnx") };
      const run = () =>
        quantizeClassifier(file, options as unknown as Parameters<typeof quantizeClassifier>[1]);
      return { name: `quantize, ${name}`, names: "", mayPass: true, run };
    });
    await attempt([...read, ...quantized]);
  });

  it("checkpoints", async () => {
    const path = join(home, "checkpoint.bin");
    const weights = new Map([["w", { shape: [2, 2], values: new Float32Array(4) }]]);
    const position = { log: [], step: 0, lossSum: 0, correct: 0, seconds: 0 };
    await writeCheckpoint(path, { configuration: { a: 1 }, position, weights, velocities: weights });
    const content = readFileSync(path);
    const end = content.indexOf("\n");
    const header = JSON.parse(content.toString("utf8", 0, end)) as object;
    // With a checksum that is right, as a hostile hand would write it.
    const sealed = (text: string): Buffer => {
      const body = Buffer.concat([Buffer.from(`${text}\n`), content.subarray(end + 1, -32)]);
      return Buffer.concat([body, createHash("sha256").update(body).digest()]);
    };
    const headers = [
      "",
      "null",
      "[]",
      "1",
      "{",
      "{}",
      ...[...altered(header)].map(([, value]) => JSON.stringify(value)),
    ];
    await attempt([
      ...damaged(content, 20).map(([name, damage]): Trial => {
        const file = fileOf("c.bin", damage);
        return { name, names: file, run: () => readStart(file) };
      }),
      ...headers.map((text): Trial => {
        const file = fileOf("c.bin", sealed(text));
        return { name: `header ${text}`, names: file, mayPass: true, run: () => readCheckpoint(file) };
      }),
    ]);
  });

  it("tables of idrs radius", async () => {
    const head = "dimension,sigma0,rate,pA";
    const row = ["784", "0.5", "0.01", "0.99"];
    const texts = [
      "",
      "\n",
      "x",
      head,
      `${head}\n`,
      `${head}\n\n`,
      `${head}\n1,2\n`,
      `${head}\n1,1,0,.9,5\n`,
      `${head}\n"1,1,0,.9\n`,
    ].concat(
      row.flatMap((_, i) =>
        [...NO_NUMBERS, "0", "1e308", "1e-320"].map(
          (text) => `${head}\n${row.map((cell, j) => (i === j ? text : cell)).join(",")}\n`,
        ),
      ),
    );
    await attempt([
      ...texts.map((text): Trial => {
        const file = fileOf("t.csv", text);
        const mayPass = /0\.5,0,0\.99|0\.01,0\n|e308|e-320/.test(text);
        return {
          name: `table ${JSON.stringify(text)}`,
          names: file,
          mayPass,
          run: () => idrs("radius", "--table", file),
        };
      }),
      ...damaged(Buffer.from(`${head}\n${row.join(",")}\n`), 30).map(([name, content]): Trial => {
        const file = fileOf("t.csv", content);
        return {
          name: `table, ${name}`,
          names: file,
          mayPass: true,
          run: () => idrs("radius", "--table", file),
        };
      }),
    ]);
  });

  it("certification logs", async () => {
    const head = "idx\tlabel\tpredict\tradius\tcorrect\ttime";
    const row = ["0", "3", "3", "0.4", "1", "0:00:13"];
    const dataset = describeImageDataset("cifar10", "test");
    const texts = [
      "",
      "\n",
      head,
      head.replaceAll("\t", ","),
      `${head}\n${row.slice(1).join("\t")}\n`,
      `${head}\n"\n`,
    ].concat(
      row.flatMap((_, i) =>
        [...NO_NUMBERS, "1e9", "2.5"].map(
          (text) => `${head}\n${row.map((cell, j) => (i === j ? text : cell)).join("\t")}\n`,
        ),
      ),
    );
    await attempt(
      texts.map((text) => {
        const file = fileOf("log.tsv", text);
        const run = async () => reportPage([["a", await readCohenLog(file, { sigma: 0.5, dataset })]], {});
        return {
          name: `log ${JSON.stringify(text)}`,
          names: file,
          mayPass: /\t(2\.5|1e9)\t1/.test(text),
          run,
        };
      }),
    );
  });

  it("a figure without its slider", async () => {
    const setting = { dimension: 10, sigma: 1, rate: 0, pA: 0.9 };
    const options = { setting, along: "rate", values: [1] } as unknown as CertifiedRadiusFigureOptions;
    await attempt([{ name: "figure", names: "slider", run: () => certifiedRadiusFigure(options) }]);
  });

  it("options of all commands", async () => {
    const out = join(home, "never");
    const images = join(fixtures, "images.npz");
    const model = fileOf("m.onnx", "no model");
    const options = (command: string[], names: string[], values: string[] = NO_NUMBERS): Trial[] =>
      names.flatMap((name) =>
        values.map((value): Trial => ({
          name: `${command.slice(0, 1).join(" ")} ${name} ${JSON.stringify(value)}`,
          run: () => idrs(...command, name, value),
        })),
      );
    const radius = ["radius", "--dimension", "3", "--sigma", "1", "--rate", "0", "--pa", "0.9"];
    const certify = [
      "certify",
      "--data",
      images,
      "--model",
      model,
      "--sigma",
      "0.5",
      "--every",
      "1",
      "--out",
      out,
      "--quiet",
    ];
    const train = ["train", "--data", images, "--sigma", "0.5", "--epochs", "1", "--out", out, "--quiet"];
    const quantize = ["quantize", "--data", images, "--model", model, "--sigma", "0.5", "--out", out];
    const numbers = NO_NUMBERS.filter((text) => text !== "--");
    const nowhere = join(home, "nowhere");
    const lone: string[][] = [
      ["frobnicate"],
      ["radius"],
      ["radius", "--table", nowhere],
      ["radius", "--table", home],
      ["radius", "--table", images, "--pa", "0.5"],
      ["merge"],
      ["merge", out],
      ["merge", out, nowhere],
      ["merge", out, home],
      ["merge", out, record, record],
      ["recertify", nowhere, "--out", out],
      ["recertify", record],
      ["report", nowhere],
      ["report", record, "--out", home],
      ["report", record, "--out", join(home, "r.html"), "--csv", join(home, "r.html")],
      ["report", images, "--out", join(home, "r.html")],
      ["share", nowhere],
      ["share", images],
      ["share", home],
      ["notebooks", nowhere],
      ["notebooks", images],
      ["notebooks", home],
      ["kernel", "frobnicate"],
      ["kernel", "install", "--frob"],
      ["kernel", "uninstall", "--prefix"],
      ["lab", "--frob"],
      ["fetch"],
      ["fetch", ""],
      ["fetch", "constructor"],
      ["fetch", "imagenet"],
      ["train"],
      ["certify"],
      ["quantize"],
    ];
    await attempt([
      ...lone.map((args): Trial => ({ name: args.join(" "), run: () => idrs(...args) })),
      ...options(
        radius,
        ["--dimension", "--sigma", "--rate", "--pa", "--eta"],
        numbers.filter((text) => text !== "0x"),
      ),
      ...options(certify, [
        "--sigma",
        "--n0",
        "--n",
        "--alpha",
        "--decide",
        "--gain",
        "--seed",
        "--every",
        "--workers",
        "--threads",
        "--batch-size",
        "--mean",
        "--std",
        "--levels",
        "--selector-sigma",
        "--expert",
        "--rate",
        "--center",
        "--neighbors",
        "--classes",
        "--channels",
      ]),
      ...options(
        certify,
        [
          "--images",
          "--shard",
          "--device",
          "--bound",
          "--variance",
          "--layout",
          "--data",
          "--database",
          "--labels",
          "--denoiser",
          "--output",
          "--model",
        ],
        ["", "x", "constructor", "3-1", "0/0", "2/1", "1e9/2", home],
      ),
      ...options(
        train,
        [
          "--sigma",
          "--epochs",
          "--batch-size",
          "--learning-rate",
          "--momentum",
          "--weight-decay",
          "--seed",
          "--architecture",
          "--schedule",
          "--backend",
          "--start",
          "--checkpoint-minutes",
          "--data",
          "--test",
        ],
        ["", "x", "NaN", "constructor", "-1"],
      ),
      ...options(
        quantize,
        ["--sigma", "--images", "--seed", "--mean", "--std", "--data", "--model", "--output"],
        ["", "x", "NaN", "-1"],
      ),
      ...options(["recertify", record, "--out", out], ["--alpha", "--rate", "--bound"], numbers),
      ...options(
        ["report", record, "--out", join(home, "r.html")],
        ["--sigma", "--data"],
        ["", "x", "1", "constructor"],
      ),
      ...["report", "share", "notebooks", "merge", "recertify", "lab", "fetch", "radius", "kernel"].flatMap(
        (command) =>
          ["--__proto__", "--frob", "--out"].map((option): Trial => ({
            name: `${command} ${option}`,
            run: () => idrs(command, option),
          })),
      ),
    ]);
  });

  afterAll(() => {
    const seconds = (performance.now() - started) / 1000;
    const { errors, accepted, wrong } = tally;
    console.log(
      `${errors + accepted + wrong.length} hostile inputs in ${seconds.toFixed(0)} s: ${errors} clear errors, ${accepted} rightly accepted, ${wrong.length} wrong`,
    );
    expect(errors).toBeGreaterThan(500);
  });
});
