/** What all figures have in common: where title, legend and axes stand. */
import type { LayoutAxis } from "plotly.js-dist";
import type { Figure, PlotlyFigure } from "./figure";

/** The title of an axis, with units, or the axis with its title. */
export type Axis = string | (Partial<Omit<LayoutAxis, "title">> & { readonly title: string });

/** The words and axes of a figure. */
export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** What else Plotly's layout should have. */
  readonly layout?: Figure["layout"];
}

/** The titles that more than one figure has. */
export const RADIUS_AXIS = "l<sub>2</sub> radius (pixels in [0, 1])";
export const DIMENSION_AXIS = { title: "input dimension N", type: "log", dtick: 1 } as const;

/** A figure of traces: its title at the top left, the legend below it in the order of the traces, then the plot. */
export function themed(data: Figure["data"], { title, x, y, layout = {} }: Plot): Figure {
  const figure: Figure = {
    data,
    layout: {
      // At the left: the buttons of an interactive figure cover the right.
      title: { ...TITLE, text: title },
      xaxis: axis(x),
      yaxis: axis(y),
      legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", traceorder: "normal" },
      ...layout,
      margin: { l: 70, r: 20, b: 60, ...layout.margin },
    },
  };
  return { data, layout: { ...figure.layout, margin: { ...figure.layout.margin, t: above(figure, 760) } } };
}

export const TITLE = {
  x: 0.02,
  xanchor: "left",
  yref: "container",
  y: 1,
  yanchor: "top",
  pad: { t: 14 },
} as const;

export function axis(given: Axis): Partial<LayoutAxis> {
  const { title, ...others } = typeof given === "string" ? { title: given } : given;
  return { automargin: true, exponentformat: "power", ...others, title: { text: title, standoff: 12 } };
}

/** A whole number, with commas from 10,000 on. */
export function count(value: number): string {
  return value < 10_000 ? String(value) : value.toLocaleString("en-US");
}

/** A themed figure for a picture of another width: its titles in lines that fit, and room for the legend. */
export function fitted(figure: PlotlyFigure, width: number): PlotlyFigure {
  const { data, layout = {} } = figure;
  const { title, margin, xaxis } = layout;
  // Where the title makes its own room, as on paper, there is nothing to do.
  const isThemed = typeof title === "object" && title.yref === "container" && title.automargin !== true;
  if (!isThemed || margin?.t === undefined) return figure;
  const text = wrapped(title.text ?? "", (width - 30) / LETTER.title);
  const narrow = {
    ...layout,
    title: {
      ...title,
      text,
      pad: { t: TITLE.pad.t + (LINE.title / 2) * text.split("<br>").slice(1).length },
    },
  };
  if (typeof xaxis?.title === "object") {
    const words = wrapped(xaxis.title.text ?? "", (width - 90) / LETTER.text);
    narrow.xaxis = { ...xaxis, title: { ...xaxis.title, text: words } };
  }
  narrow.margin = { ...margin, t: Math.max(margin.t, above({ data, layout: narrow }, width)) };
  return { data, layout: narrow };
}

/** Widths of a letter on average, and heights of a line, in CSS pixels. */
const LETTER = { title: 9.4, text: 7.4, legend: 6.6 };
const LINE = { title: 22, legend: 19 };

/** How much room the title takes, and the legend if it is above the plot. */
function above({ data, layout }: Figure, width: number): number {
  const { title, legend, margin = {}, showlegend } = layout;
  const text = typeof title === "object" ? (title.text ?? "") : "";
  const lines = text === "" ? 0 : text.split("<br>").length;
  const names = (data as { name?: string; showlegend?: boolean; visible?: unknown }[])
    .filter((trace) => trace.visible !== false && trace.showlegend !== false)
    .map(({ name = "" }) => letters(name));
  const isAbove = legend?.orientation === "h" && showlegend !== false && names.length > 1;
  const bar = data.some((trace) => "colorbar" in trace) ? 110 : 0;
  const column = 48 + LETTER.legend * Math.max(...names);
  const columns = Math.max(1, Math.floor((width - bar - (margin.l ?? 80) - (margin.r ?? 80)) / column));
  const rows = isAbove ? Math.ceil(names.length / columns) : 0;
  return 24 + LINE.title * lines + LINE.legend * rows + (rows > 0 ? 8 : 0);
}

/** The number of letters that are seen of a text. */
function letters(text: string): number {
  return text.replace(/<[^>]*>|&\w+;/g, "").length;
}

/** A text in lines of at most so many letters, where its words allow. */
export function wrapped(text: string, most: number): string {
  const [first, ...words] = text.split(/(?<!=) (?!=)(?![^<]*>)/);
  const lines = [first];
  for (const word of words) {
    const longer = `${lines[lines.length - 1]} ${word}`;
    if (letters(longer) > most) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines.join("<br>");
}
