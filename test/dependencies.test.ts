import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { packageFile } from "../src/files/package-file";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

interface Lock {
  /** By folder; the root is "". An alias has the name of the package that it stands for. */
  readonly packages: Readonly<Record<string, Partial<Manifest> & { readonly name?: string }>>;
}

describe("dependencies", () => {
  it("are pinned, and are exactly those of docs/dependencies.md", async () => {
    const manifest = JSON.parse(await readFile(packageFile("package.json"), "utf8")) as Manifest;
    const text = await readFile(packageFile("docs", "dependencies.md"), "utf8");
    const declared = Object.entries({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
      ...manifest.peerDependencies,
    });
    expect(declared.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    const named = new Set([...text.matchAll(/`([@\w./-]+)`/g)].map(([, name]) => name));
    // The types of a package are named by the package.
    const isNamed = (name: string): boolean => named.has(name.replace(/^@types\//, ""));
    expect(declared.map(([name]) => name).filter((name) => !isNamed(name))).toEqual([]);
    const table = [...text.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell]) => [
      ...cell.matchAll(/`([^`]+)`/g),
    ]);
    const names = new Set(declared.map(([name]) => name));
    expect(table.map(([, name]) => name).filter((name) => !names.has(name))).toEqual([]);
  });

  it("have the packages of their own names in package-lock.json", async () => {
    const { packages } = JSON.parse(await readFile(packageFile("package-lock.json"), "utf8")) as Lock;
    const declared = Object.keys({
      ...packages[""].dependencies,
      ...packages[""].optionalDependencies,
      ...packages[""].devDependencies,
    });
    const aliased = declared.filter((name) => (packages[`node_modules/${name}`]?.name ?? name) !== name);
    expect(aliased).toEqual([]);
  });
});
