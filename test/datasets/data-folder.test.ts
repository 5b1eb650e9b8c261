import { mkdtempSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { dataFolder } from "../../src/datasets/data-folder";

const place = vi.hoisted(() => ({ package: "" }));
vi.mock("../../src/files/package-file", () => ({
  packageFile: (...parts: string[]) => [place.package, ...parts].join("/"),
}));

describe("the folder of the data sets", () => {
  const repository = join(__dirname, "../..");
  const installed = mkdtempSync(join(tmpdir(), "idrs-"));

  beforeEach(() => {
    vi.stubEnv("IDRS_DATA", "");
    vi.stubEnv("XDG_DATA_HOME", "");
  });
  afterEach(() => vi.unstubAllEnvs());

  it("is the repository's inside a clone", () => {
    place.package = repository;
    expect(dataFolder()).toBe(join(repository, "data"));
  });

  it("is the user's outside a clone, never the installed package's", () => {
    place.package = installed;
    expect(dataFolder()).toBe(join(homedir(), ".local/share/idrs"));
    vi.stubEnv("XDG_DATA_HOME", "/somewhere/data");
    expect(dataFolder()).toBe("/somewhere/data/idrs");
    vi.stubEnv("XDG_DATA_HOME", "not/absolute");
    expect(dataFolder()).toBe(join(homedir(), ".local/share/idrs"));
  });

  it("is the value of IDRS_DATA wherever it is set", () => {
    for (place.package of [repository, installed]) {
      vi.stubEnv("IDRS_DATA", "/elsewhere");
      expect(dataFolder()).toBe("/elsewhere");
    }
  });
});
