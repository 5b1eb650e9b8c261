import { displayed, type Displayable } from "./display";
import { plainFigure, type PlotlyFigure } from "../figures/figure";
import { DEFAULT_SIZE, figureToPng, type ImageSize } from "../figures/static-image";

/**
 * Shows a Plotly figure in a notebook cell.
 *
 * Viewers with Plotly (the pages of `idrs notebooks`, VS Code, JupyterLab with its extension) draw the
 * interactive figure; other viewers (GitHub, nbconvert, plain Jupyter) show a static picture. A figure without
 * a width in its layout is as wide as the page. The picture has 760 × 440 pixels unless the layout or `size`
 * sets a different size; `scale: 2` doubles its resolution.
 *
 * @returns outside a notebook, a value that other kernels may display (`Symbol.for("Jupyter.display")`)
 * @throws Error if Plotly refuses the figure
 * @throws RangeError if the size is out of range
 * @example
 * await show({ data: [{ type: "bar", x: ["a", "b"], y: [1, 2] }], layout: { title: { text: "two bars" } } });
 */
export async function show(figure: PlotlyFigure, size: ImageSize = {}): Promise<Displayable | undefined> {
  if (!Array.isArray(figure?.data))
    throw new Error("show expects a Plotly figure { data: [...], layout: {...} }");
  const { data, layout = {} } = plainFigure(figure);
  const width = size.width ?? layout.width;
  const height = size.height ?? layout.height ?? DEFAULT_SIZE.height;
  const sized = { data, layout: { ...layout, height, ...(width === undefined ? {} : { width }) } };
  // JupyterLab's Plotly extension shows pictures of higher density too large and cut off, until the pointer
  // moves over them.
  const { scale = 1 } = size;
  const png = await figureToPng(sized, { ...size, scale });
  const [pixelsWide, pixelsHigh] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const shownSize = { width: Math.round(pixelsWide / scale), height: Math.round(pixelsHigh / scale) };
  const name = figureName(layout.title);
  const bundle = {
    "application/vnd.plotly.v1+json": sized,
    "image/png": png.toString("base64"),
    "text/plain": name,
  };
  return displayed(bundle, { metadata: { "image/png": { ...shownSize, alt: name } } });
}

function figureName(title: NonNullable<PlotlyFigure["layout"]>["title"] | string): string {
  const text = typeof title === "string" ? title : title?.text;
  const words = String(text ?? "")
    .replace(/<br\s*\/?>/gi, " ")
    .replace(/<[^>]*>/g, "")
    .trim();
  return words === "" ? "[Plotly figure]" : `[Plotly figure: ${words}]`;
}
