/**
 * A TypeDoc plugin: it gives the reference the headings and the order of src/index.ts, and a page for each
 * source file.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommentTag, Converter, ReflectionKind, Renderer } from "typedoc";

/** The heading of each public name, in order. */
const headings = new Map(
  readFileSync("src/index.ts", "utf8")
    .split(/^\/\/ /m)
    .flatMap(
      (part) =>
        (part.match(/\{[^}]*\}/g) ?? [])
          .join()
          .match(/\b(?!type\b)\w+/g)
          ?.map((name) => [name, part.split("\n")[0]]) ?? [],
    ),
);
const order = [...headings.keys()];

export function load(app) {
  app.on("bootstrapEnd", () => app.options.setValue("groupOrder", [...new Set(headings.values())]));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const byOrder = (one, other) => order.indexOf(one.name) - order.indexOf(other.name);
    for (const list of [project.children, project.childrenIncludingDocuments]) list.sort(byOrder);
    for (const child of project.children) {
      const { comment } = child.signatures?.[0] ?? child;
      comment.blockTags.push(new CommentTag("@group", [{ kind: "text", text: headings.get(child.name) }]));
    }
  });
  app.renderer.on(Renderer.EVENT_END, ({ outputDirectory, project }) => {
    for (const { fileName, url } of project
      .getReflectionsByKind(ReflectionKind.All)
      .flatMap((one) => one.sources ?? [])) {
      if (!url) continue; // belongs to another package
      const page = join(outputDirectory, "source", url.split("#")[0]);
      mkdirSync(dirname(page), { recursive: true });
      writeFileSync(page, pageOf(fileName));
    }
  });
}

function pageOf(file) {
  const code = readFileSync(file, "utf8").replaceAll("&", "&amp;").replaceAll("<", "&lt;").split("\n");
  const lines = code.map((line, i) => `<a id="L${i + 1}">${String(i + 1).padStart(4)}</a>  ${line}`);
  const head = `<meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${file}</title>`;
  return `<!doctype html>${head}<style>a:target { background: gold; color: black }</style><pre>${lines.join("\n")}</pre>`;
}
