import { displayed, type Displayable } from "./display";
import { plainFigure, type PlotlyFigure } from "../figures/figure";
import { DEFAULT_SIZE, figureToPng, type ImageSize } from "../figures/static-image";

/**
 * Shows a Plotly figure in the cell of a notebook.
 *
 * Each viewer takes what it can draw: the interactive figure where there is Plotly (the pages of `idrs notebooks`,
 * VS Code, JupyterLab with its extension), and the picture elsewhere (GitHub, nbconvert, plain Jupyter). A figure
 * whose layout names no width is as wide as the page; its picture is 760 by 440 pixels unless the layout or `size`
 * says otherwise (`scale: 2` makes it denser).
 *
 * @returns outside a notebook, a value that other kernels may display (`Symbol.for("Jupyter.display")`)
 * @throws Error when Plotly refuses the figure
 * @throws RangeError for an impossible size
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
  // Denser pictures are shown too large, and cut off, by the Plotly extension of JupyterLab until the pointer is there.
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
