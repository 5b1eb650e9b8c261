import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dataFolder } from "../../src/datasets/data-folder";
import { noMnist } from "../datasets/mnist-available";

const project = join(__dirname, "../..");
const model = join(project, "models/mnist-sigma-0.5178/model.onnx");

/** Runs the command as a user does, in an empty folder. */
function idrs(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): { status: number | null; out: string; err: string } {
  const folder = mkdtempSync(join(tmpdir(), "idrs-"));
  const result = spawnSync(process.execPath, [join(project, "bin/idrs.js"), ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { status: result.status, out: result.stdout, err: result.stderr };
}

/** One line, no stack trace. */
function expectOneLineError(result: { status: number | null; err: string }, message: RegExp): void {
  expect(result.err).toMatch(message);
  expect(result.err.trim().split("\n").length).toBe(1);
  expect(result.status).not.toBe(0);
}

describe("the idrs command", () => {
  it("lists its subcommands", () => {
    const { status, out } = idrs(["--help"]);
    expect(status).toBe(0);
    for (const name of ["fetch", "train", "certify", "radius", "notebooks"])
      expect(out).toContain(`  ${name} `);
  });

  it.each([
    [["certify", "--model", "m", "--sigma", "1", "--out", "x", "--sgima", "1"], /unknown option '--sgima'/],
    [["frobnicate"], /unknown command 'frobnicate'/],
    [["train", "--out", "x"], /required option '--sigma <number>' not specified/],
    [["train", "--sigma", "much", "--out", "x"], /'much' is invalid.*expected a number/],
    [["fetch", "imagenet"], /data set must be one of mnist, cifar10, got "imagenet"/],
    [
      ["certify", "--model", "m", "--sigma", "1", "--rate", "0.1", "--out", "x"],
      /--rate needs --variance nearest-neighbor or --sigmas/,
    ],
    [
      ["certify", "--model", "m", "--variance", "nearest-neighbor", "--sigma", "1", "--out", "x"],
      /needs --rate and/,
    ],
    [["certify", "--out", "x"], /^idrs: give --model, or --selector and --expert/],
    [["certify", "--model", "m", "--out", "x"], /^idrs: --model needs --sigma/],
    [
      ["certify", "--model", "m", "--sigma", "1", "--expert", "e:1", "--out", "x"],
      /--expert needs --selector/,
    ],
    [
      ["certify", "--selector", "s", "--expert", "e:1", "--out", "x"],
      /^idrs: --selector needs --selector-sigma and/,
    ],
    [
      ["certify", "--selector", "s", "--selector-sigma", "1", "--expert", "e", "--out", "x"],
      /expected a file and a num/,
    ],
    [
      [
        "certify",
        "--selector",
        "s",
        "--selector-sigma",
        "1",
        "--expert",
        "e:1",
        "--sigma",
        "1",
        "--out",
        "x",
      ],
      /^idrs: --sigma cannot be combined with --selector/,
    ],
    [
      ["certify", "--selector", "s", "--selector-sigma", "1", "--expert", "e:1", "--rate", "1", "--out", "x"],
      /^idrs: --rate cannot be combined with --selector/,
    ],
  ])("answers %j with one line and a non-zero exit", (args, message) => {
    expectOneLineError(idrs(args), message);
  });

  it("says where it searched for a missing MNIST", () => {
    const empty = mkdtempSync(join(tmpdir(), "idrs-"));
    const args = ["certify", "--model", model, "--sigma", "0.5", "--out", "x"];
    expectOneLineError(idrs(args, { IDRS_DATA: empty }), /^idrs: t10k-.* is not in .*idrs fetch/);
    expectOneLineError(
      idrs(["fetch", "mnist", "--from", empty], { IDRS_DATA: empty }),
      /^idrs: train-images.* is not in/,
    );
  });
});

describe.skipIf(noMnist)("the idrs command on MNIST", () => {
  it("fetches from a local folder, repeatedly without harm", () => {
    const IDRS_DATA = mkdtempSync(join(tmpdir(), "idrs-"));
    const first = idrs(["fetch", "mnist", "--from", dataFolder()], { IDRS_DATA });
    expect([first.status, first.err]).toEqual([0, ""]);
    expect(first.out.match(/copied to .*, verified/g)?.length).toBe(4);
    expect(readdirSync(join(IDRS_DATA, "mnist")).length).toBe(4);
    const second = idrs(["fetch", "mnist", "--from", dataFolder()], { IDRS_DATA });
    expect(second.out.match(/already in .*, verified/g)?.length).toBe(4);
  });

  it("reproduces the committed record on every machine", () => {
    const out = mkdtempSync(join(tmpdir(), "idrs-"));
    const record = join(project, "records/mnist-0.5-mean");
    const { command } = JSON.parse(readFileSync(join(record, "configuration.json"), "utf8"));
    const args: string[] = command.split(" ").slice(1, -2);
    args[args.indexOf("--model") + 1] = join(project, args[args.indexOf("--model") + 1]);
    const { status, err } = idrs([...args, "--every", "5600", "--out", out]);
    expect([status, err]).toEqual([0, ""]);

    const rows = (path: string) =>
      readFileSync(join(path, "rows.csv"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(",").slice(0, -1));
    const committed = rows(record).filter(([index]) => ["0", "5600"].includes(index));
    // Networks in int8 add integers, so that no vote depends on the processor.
    expect(rows(out).slice(1)).toEqual(committed);
  });

  it("certifies images of the CIFAR-10 sample by their indices without the whole data set", () => {
    const IDRS_DATA = mkdtempSync(join(tmpdir(), "idrs-"));
    const cifarModel = join(project, "models/cifar10-w32-sigma-0.5/int8.onnx");
    const certify = (images: string) => {
      const out = mkdtempSync(join(tmpdir(), "idrs-"));
      const args = ["certify", "--quiet", "--data", "cifar10", "--model", cifarModel, "--sigma", "0.5"];
      const result = idrs([...args, "--n", "100", "--images", images, "--out", out], { IDRS_DATA });
      return { ...result, out };
    };
    const { status, err, out } = certify("0,60");
    expect([status, err]).toEqual([0, ""]);
    const rows = readFileSync(join(out, "rows.csv"), "utf8").trim().split("\n").slice(1);
    expect(rows.map((row) => row.split(",")[0])).toEqual(["0", "60"]);
    const { configuration } = JSON.parse(readFileSync(join(out, "configuration.json"), "utf8"));
    expect(configuration.dataset).toMatchObject({ name: "cifar10", count: 10_000, images: "0,60" });
    expectOneLineError(certify("0,61"), /test_batch\.bin .* is not in .*fetch cifar10/);
  });

  it("certifies images at a path like those of a named data set", () => {
    const folder = mkdtempSync(join(tmpdir(), "idrs-"));
    const [count, header] = [3, 16];
    const idx = gunzipSync(readFileSync(join(project, "data/mnist/t10k-images-idx3-ubyte.gz")));
    const array = (shape: string, values: Uint8Array): Buffer => {
      const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117) + "\n";
      return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from(text), values]);
    };
    const images = array(`${count}, 28, 28, 1`, idx.subarray(header, header + count * 784));
    writeFileSync(join(folder, "images.npy"), images);
    writeFileSync(join(folder, "labels.npy"), array(`${count},`, Uint8Array.of(7, 2, 1)));
    const certify = (data: string, out: string, ...more: string[]) =>
      idrs([
        ...["certify", "--quiet", "--model", model, "--data", data, "--out", join(folder, out), "--n", "200"],
        ...["--workers", "1", "--batch-size", "50", "--sigma", "0.5", ...more],
      ]);
    const rows = (out: string) =>
      readFileSync(join(folder, out, "rows.csv"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(",").slice(0, -1));
    const path = join(folder, "images.npy");
    expect(certify(path, "own", "--every", "1", "--classes", "10")).toEqual({ status: 0, out: "", err: "" });
    expect(certify("mnist", "mnist", "--every", "5000")).toEqual({ status: 0, out: "", err: "" });
    expect(rows("own").slice(0, 2)).toEqual(rows("mnist").slice(0, 2));
    const { configuration } = JSON.parse(readFileSync(join(folder, "own", "configuration.json"), "utf8"));
    expect(configuration.dataset).toMatchObject({ name: "images.npy", count: 3, images: "0-2" });

    const wrong: [string[], RegExp][] = [
      [["--data", path], /^idrs: the base classifier has 10 classes, but images\.npy has 8/],
      [
        ["--data", path, "--classes", "7"],
        /^idrs: label 0 of .*labels\.npy must be an integer from 0 to 6, got 7/,
      ],
      [["--data", path, "--classes", "10", "--channels", "1"], /^idrs: .*channels does not apply to arrays/],
      [["--data", path, "--classes", "10", "--layout", "NCHW"], /^idrs: .*expected 1 or 3 channels/],
      [
        ["--data", "mnist", "--classes", "10"],
        /^idrs: --classes applies only to images at a path, not to mnist/,
      ],
      [
        ["--data", "mnits"],
        /^idrs: data set must be one of mnist, cifar10 or a path: mnits: there is no such/,
      ],
      [
        [
          "--data",
          path,
          "--classes",
          "10",
          "--variance",
          "nearest-neighbor",
          "--rate",
          "0.01",
          "--center",
          "1",
        ],
        /^idrs: --variance nearest-neighbor with --data .* needs --database/,
      ],
    ];
    for (const [args, message] of wrong) {
      const common = [
        "certify",
        "--model",
        model,
        "--sigma",
        "0.5",
        "--workers",
        "1",
        "--out",
        join(folder, "no"),
      ];
      expectOneLineError(idrs([...common, ...args]), message);
    }
    const neighbors = [
      "--variance",
      "nearest-neighbor",
      "--rate",
      "0.01",
      "--center",
      "1.5",
      "--database",
      "mnist",
    ];
    expect(certify(path, "near", "--every", "1", "--classes", "10", ...neighbors).status).toBe(0);
    expect(certify("mnist", "nearest", "--every", "5000", ...neighbors).status).toBe(0);
    expect(rows("near")[1]).toEqual(rows("nearest")[1]);

    const told = [model, "--sigma", "0.5", "--data", path, "--classes", "10", "--n", "200", "--workers", "1"];
    expect(idrs(["certify", "--model", ...told, ...neighbors, "--out", "told"]).err).toMatch(
      /^computing distances to the images of mnist train\ncertifying 1 of 3 images \(--every 20\)\n0\/1 images/,
    );
  });

  it("refuses a model of another size", () => {
    const args = ["certify", "--model", join(project, "package.json"), "--sigma", "0.5", "--out", "x"];
    expectOneLineError(idrs(args), /^idrs: .*package\.json: is not an ONNX model/);
  });
});
