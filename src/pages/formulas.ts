/**
 * Makes the style sheet for formulas. The style sheet contains the fonts of the formulas, so that roots and brackets
 * have the size of what they enclose.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The path of KaTeX's style sheet, which must come from the same version of KaTeX that makes the formulas. */
const STYLE_SHEET = createRequire(require.resolve("@vscode/markdown-it-katex")).resolve(
  "katex/dist/katex.min.css",
);

/**
 * Returns the style sheet for the formulas in a page's body, with the fonts that these formulas use. The result is
 * empty if there are no formulas.
 */
export function formulaStyle(body: string): string {
  const classes = new Set([...body.matchAll(/class="([^"]*)"/g)].flatMap(([, names]) => names.split(" ")));
  if (!classes.has("katex")) return "";
  const sheet = readFileSync(STYLE_SHEET, "utf8");
  const families = familiesOf(sheet, classes);
  return sheet.replace(/@font-face\{([^}]*)\}/g, (face, description: string) => {
    const family = /font-family:"?(\w+)/.exec(description)?.[1] ?? "";
    const isBold = description.includes("font-weight:700");
    const isItalic = description.includes("font-style:italic");
    const isUsed =
      families.has(family) &&
      (!isBold || [...classes].some((name) => /bf|bold/.test(name))) &&
      (!isItalic || family === "KaTeX_Math" || [...classes].some((name) => /it$/.test(name)));
    return isUsed ? face.replace(/src:[^;}]*/, `src:${fontSource(description)}`) : "";
  });
}

/** Returns the font families that a style sheet requests for elements of the given classes. */
function familiesOf(sheet: string, classes: ReadonlySet<string>): Set<string> {
  const families = new Set(["KaTeX_Main"]);
  for (const [, selectors, family] of sheet.matchAll(/([^{}]*)\{[^{}]*font-family:(KaTeX_\w+)[^{}]*\}/g)) {
    const isUsed = selectors
      .split(",")
      .some((selector) => [...selector.matchAll(/\.([\w-]+)/g)].every(([, name]) => classes.has(name)));
    if (isUsed && !selectors.includes("@font-face")) families.add(family);
  }
  return families;
}

function fontSource(description: string): string {
  const file = /url\(([^)]*\.woff2)\)/.exec(description)?.[1] ?? "";
  const font = readFileSync(join(dirname(STYLE_SHEET), file)).toString("base64");
  return `url(data:font/woff2;base64,${font}) format("woff2")`;
}
