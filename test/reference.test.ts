import { mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import ts from "typescript";
import { beforeAll, describe, expect, it, vi } from "vitest";

/** The examples of the reference: each public value has one, and each runs as it stands and gives what it says. */

const project = join(__dirname, "..");
const AsyncFunction = (async () => {}).constructor as FunctionConstructor;

/** The package, as users get it. */
const idrs = createRequire(__filename)("idrs") as Readonly<Record<string, unknown>>;
const documented = Array.from(publicSymbols(), ([name, file]) => ({
  name,
  examples: examplesOf(name, file),
}));

/** In a folder of their own, for what they write, beside the models, records and data of the repository. */
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  for (const name of ["models", "records", "data"]) symlinkSync(join(project, name), join(folder, name));
  process.chdir(folder);
  symlinkSync(join(project, "test/datasets/fixtures/images.npz"), join(folder, "fruit.npz"));
  // A kernel, for the functions that show something in a cell; it draws nothing.
  vi.stubGlobal("Deno", { jupyter: { broadcast: () => Promise.resolve() } });
});

describe("the reference", () => {
  it("contains every public value", () => {
    expect(documented.map(({ name }) => name).sort()).toEqual(Object.keys(idrs).sort());
  });

  it.each(documented)("has examples of $name that run and return the stated values", async ({ examples }) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) await run(example);
  });

  it("compares a value with the comment in an example", async () => {
    await run("normalQuantile(0.75); // 0.674…\nconst two = 1 + 1; // 2");
    await expect(run("normalQuantile(0.75); // 0.675…")).rejects.toThrow(/0\.674/);
    await expect(run("const two = 1 + 1; // 3")).rejects.toThrow();
  });
});

/** The public values, with the files that declare them. */
function* publicSymbols(): Generator<[name: string, file: string]> {
  for (const statement of parse(join(project, "src/index.ts")).statements) {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) continue;
    const { moduleSpecifier, exportClause } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || !exportClause) continue;
    if (!ts.isNamedExports(exportClause))
      throw new Error(`src/index.ts names no export of ${moduleSpecifier.text}`);
    for (const { name, isTypeOnly } of exportClause.elements) {
      if (!isTypeOnly) yield [name.text, join(project, "src", `${moduleSpecifier.text}.ts`)];
    }
  }
}

/** The examples of a function or constant, which its first declaration has. */
function examplesOf(name: string, file: string): string[] {
  const declaration = parse(file).statements.find((statement) =>
    ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.some((variable) => variable.name.getText() === name)
      : ts.isFunctionDeclaration(statement) && statement.name?.text === name,
  );
  if (!declaration) throw new Error(`${file} does not declare ${name}`);
  return ts
    .getJSDocTags(declaration)
    .filter(({ tagName }) => tagName.text === "example")
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "");
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
}

/** Runs an example with all public names at hand. */
async function run(example: string): Promise<void> {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const code = ts.transpile(withComparisons(example), options).replace(/^export \{\};$/m, "");
  const check = (value: unknown, said: string): void =>
    expect(inspect(value, STYLE), example).toMatch(whole(said));
  await AsyncFunction(...Object.keys(idrs), "check", `{ ${code} }`)(...Object.values(idrs), check);
}

const STYLE = { breakLength: Infinity, compact: true, depth: 3 };

/** What a comment says of a value, where … stands for whatever is left out. */
function whole(said: string): RegExp {
  const parts = said.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`);
}

/** An example in which each comment at the end of a statement is compared with its value. */
function withComparisons(example: string): string {
  const source = ts.createSourceFile("example.ts", example, ts.ScriptTarget.ES2022, true);
  return source.statements
    .map((statement) => {
      const [comment] = ts.getTrailingCommentRanges(example, statement.end) ?? [];
      const text = statement.getText();
      if (!comment) return text;
      const said = JSON.stringify(example.slice(comment.pos + 2, comment.end).trim());
      if (ts.isExpressionStatement(statement)) return `check(${statement.expression.getText()}, ${said});`;
      if (ts.isVariableStatement(statement)) {
        return `${text}\ncheck(${statement.declarationList.declarations[0].name.getText()}, ${said});`;
      }
      throw new Error(`nothing to compare with a comment: ${text}`);
    })
    .join("\n");
}
