import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as idrs from "../src/index";

const project = join(__dirname, "..");
const read = (file: string): string => readFileSync(join(project, file), "utf8");
const matches = (text: string, pattern: RegExp): string[] =>
  Array.from(text.matchAll(pattern), ([, name]) => name);

const values = Object.keys(idrs);
const types = matches(read("src/index.ts"), /\btype (?:\{ )?(\w+)/g);

describe("the public names", () => {
  it("are at most 100 values and 90 types", () => {
    expect(values.length).toBeLessThanOrEqual(100);
    expect(types.length).toBeGreaterThan(50);
    expect(types.length).toBeLessThanOrEqual(90);
  });

  it("include those that other programs rely on", () => {
    expect(values).toEqual(
      expect.arrayContaining(
        (
          "smooth constant nearestNeighbor userFunction functionClassifier batchClassifier loadOnnxClassifier loadMnist " +
          "loadCifar10 imageAt certifiedRadius worstCaseProbability noncentralChiSquared roundedGaussian readRecord ABSTAIN"
        ).split(" "),
      ),
    );
  });
});

describe("README, changelog and docs", () => {
  const texts = [
    "README.md",
    "CHANGELOG.md",
    ...readdirSync(join(project, "docs")).map((file) => `docs/${file}`),
  ];
  const methods = ["certify", "predict", "certifyDataset", "sigma"];
  const known = new Set([...values, ...types, ...methods]);
  const declared = /^export (?:async )?(?:function\*?|const|interface|type|class) (\w+)/gm;
  const own = new Set(
    readdirSync(join(project, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => matches(read(`src/${file}`), declared)),
  );

  it("name no missing file of the repository", () => {
    const missing = texts
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) => matches(read(file), /`((?:src|test|assembly|bench|docs|tools)\/[\w./-]+\.\w+)`/g))
      .filter((file) => !existsSync(join(project, file)));
    expect(missing).toEqual([]);
  });

  it("name no function, type or constant that is not public", () => {
    const wrong = texts
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) => {
        const text = read(file);
        const code = matches(text, /^```ts\n([^]*?)^```/gm).join("\n");
        const prose = text.replace(/^```[^]*?^```/gm, "");
        const names = [
          ...matches(code, /(?<![.\w])([a-z]\w*)\(/g),
          ...matches(prose, /`(\w+)\([^`]*`/g),
          ...matches(prose, /`(\w*[a-z][A-Z]\w*)`/g).filter((name) => own.has(name)),
        ];
        return names.filter((name) => !known.has(name)).map((name) => `${file}: ${name}`);
      });
    expect(wrong).toEqual([]);
  });
});
