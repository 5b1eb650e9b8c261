import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const project = join(__dirname, "..");
const inFolder = (folder: string, ending: string): string[] =>
  readdirSync(join(project, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const pages = [
  ...["", "docs"].flatMap((folder) => inFolder(folder, ".md")),
  ...["data", "examples", "models", "records"].map((folder) => join(folder, "README.md")),
  ...inFolder("notebooks", ".ipynb"),
];

/** The Markdown of a page or of the text cells of a notebook, without its code. */
function markdown(page: string): string {
  const text = readFileSync(join(project, page), "utf8");
  const source = page.endsWith(".ipynb")
    ? (JSON.parse(text) as { cells: { cell_type: string; source: string[] }[] }).cells
        .filter(({ cell_type }) => cell_type === "markdown")
        .map((cell) => cell.source.join(""))
        .join("\n\n")
    : text;
  return source.replace(/^```[^]*?^```/gm, "");
}

const headings = (page: string): { level: number; title: string }[] =>
  Array.from(markdown(page).matchAll(/^(#+) (.*)$/gm), ([, marks, title]) => ({
    level: marks.length,
    title,
  }));

/** The anchor that GitHub gives a heading. */
const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");

describe.each(pages)("%s", (page) => {
  it("has one title, and headings that skip no level", () => {
    const levels = headings(page).map(({ level }) => level);
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    expect(levels[0]).toBe(1);
    const skipped = headings(page).filter(({ level }, i) => i > 0 && level > levels[i - 1] + 1);
    expect(skipped).toEqual([]);
  });

  it("has links to files and headings that exist", () => {
    const links = Array.from(markdown(page).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target);
    const broken = links
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path, fragment] = target.split("#");
        const file = path === "" ? page : join(dirname(page), path);
        if (!existsSync(join(project, file))) return true;
        return fragment !== undefined && !headings(file).some(({ title }) => anchor(title) === fragment);
      });
    expect(broken).toEqual([]);
  });
});
