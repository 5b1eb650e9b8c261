import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CertificationRecord, readRecord } from "../../src/experiments/record";
import { cite } from "../../src/export/cite";
import { version } from "../../src/files/version";

let mnist: CertificationRecord;
let cifar: CertificationRecord;
beforeAll(async () => {
  mnist = await readRecord(join(__dirname, "../../records/mnist-0.5-mean"));
  cifar = await readRecord(join(__dirname, "../../records/cifar10-0.5-r0.01"));
});

const keysOf = (text: string): string[] => Array.from(text.matchAll(/^@\w+\{(\w+),$/gm), ([, key]) => key);

describe("citations", () => {
  it("are the paper, Cohen et al., exact sampling and the package, without a record", () => {
    const text = cite();
    expect(keysOf(text)).toEqual(["sukenik2022intriguing", "cohen2019certified", "voracek2023sound", "idrs"]);
    expect(text).toContain(`note   = {Version ${version}}`);
  });

  it("name each data set once, and base classifiers by their checksums", () => {
    const text = cite(mnist, cifar, cifar);
    expect(keysOf(text)).toEqual([
      "sukenik2022intriguing",
      "cohen2019certified",
      "voracek2023sound",
      "lecun1998gradient",
      "krizhevsky2009learning",
      "idrs",
    ]);
    for (const { configuration } of [mnist, cifar]) {
      expect(text.split(configuration.model.sha256)).toHaveLength(2);
    }
  });

  it("name the selector and every expert of a dual run", async () => {
    const record = await readRecord(join(__dirname, "../../records/cifar10-dual"));
    const { selector, experts } = record.configuration.dual!;
    const text = cite(record);
    for (const { model } of [selector, ...experts]) expect(text).toContain(`sha256 ${model.sha256}`);
    expect(keysOf(text)).toContain("sun2026dual");
    expect(keysOf(cite(mnist, cifar))).not.toContain("sun2026dual");
  });

  it("include confidence sequences for a run that stops early, and name other data", () => {
    const { configuration } = cifar;
    const own = { ...configuration.dataset, name: "fruit", checksums: { "fruit@2.npz": "ab12" } };
    const sampling = { name: "decide", parameters: { radius: 0.5 } };
    const text = cite({ ...cifar, configuration: { ...configuration, dataset: own, sampling } });
    expect(keysOf(text)).toContain("voracek2024treatment");
    const bound = "confidence-sequence" as const;
    expect(keysOf(cite({ ...cifar, configuration: { ...configuration, bound } }))).toContain(
      "voracek2024treatment",
    );
    expect(text).toContain("% data set fruit: fruit(at)2.npz ab12");
  });

  it("have paired braces, and an = in every field", () => {
    const text = cite(mnist, cifar).replace(/^%.*$/gm, "");
    expect(text.split("{").length).toBe(text.split("}").length);
    for (const entry of text.trim().split(/\n\n+/)) {
      expect(entry).toMatch(/^@\w+\{\w+,\n( {2}\w+ +=\s\{.+\},?\n)+\}$/);
    }
  });
});
