/** A plugin of TypeDoc: the reference has the headings of src/index.ts, and a page of each source that it links to. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import hljs from "highlight.js";
import { CommentTag, Converter, ReflectionKind, Renderer } from "typedoc";

/** Each heading, with the names that are exported below it. */
const headings = readFileSync("src/index.ts", "utf8")
  .split(/^\/\/ /m)
  .slice(1)
  .map((part) => ({ heading: part.split("\n")[0], names: new Set(part.replace(/^.*/, "").match(/\w+/g)) }));

export function load(app) {
  const order = headings.map(({ heading }) => heading);
  app.on("bootstrapEnd", () => app.options.setValue("groupOrder", order));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const child of project.children ?? []) {
      const { heading } = headings.find(({ names }) => names.has(child.name));
      for (const { comment } of [child, ...(child.signatures ?? [])]) {
        comment?.blockTags.push(new CommentTag("@group", [{ kind: "text", text: heading }]));
      }
    }
  });
  app.renderer.on(Renderer.EVENT_END, ({ outputDirectory, project }) => {
    const sources = project.getReflectionsByKind(ReflectionKind.All).flatMap((one) => one.sources ?? []);
    for (const [file, url] of new Map(sources.map(({ fileName, url }) => [fileName, url?.split("#")[0]]))) {
      if (url === undefined) continue; // a type of another package
      const page = join(outputDirectory, "source", url);
      mkdirSync(dirname(page), { recursive: true });
      writeFileSync(page, pageOf(file));
    }
  });
}

function pageOf(file) {
  const code = hljs.highlight(readFileSync(file, "utf8"), { language: "typescript" }).value.split("\n");
  const lines = code.map((line, i) => `<a id="L${i + 1}">${String(i + 1).padStart(4)}</a>  ${line}`);
  const style = `${css("github")} @media (prefers-color-scheme: dark) { body { background: #0d1117; color: #c9d1d9 } ${css("github-dark")} } a:target { background: gold; color: black }`;
  return `<!doctype html><meta charset="utf-8"><title>${file}</title><style>${style}</style><h1>${file}</h1><pre>${lines.join("\n")}</pre>`;
}

function css(name) {
  return readFileSync(createRequire(import.meta.url).resolve(`highlight.js/styles/${name}.css`));
}
