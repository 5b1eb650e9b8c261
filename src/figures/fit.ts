/** Makes room for titles and legends, at any width. */
import type { Figure, PlotlyFigure } from "./figure";

/**
 * The position of the title of a themed figure. The title is on the left, because the buttons of an interactive figure
 * cover the right.
 */
export const TITLE = {
  x: 0.02,
  xanchor: "left",
  yref: "container",
  y: 1,
  yanchor: "top",
  pad: { t: 14 },
} as const;

/**
 * Fits a themed figure to a picture of a different width: breaks its titles into lines that fit, and makes room for the
 * legend.
 */
export function fitted(figure: PlotlyFigure, width: number): PlotlyFigure {
  const { data, layout = {} } = figure;
  const { title, margin, xaxis } = layout;
  // If the title reserves its own room, which is the case on paper, nothing needs to be done.
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
  narrow.margin = { ...margin, t: Math.max(margin.t, roomAbove({ data, layout: narrow }, width)) };
  return { data, layout: narrow };
}

/** The average width of a letter and the height of a line, in CSS pixels. */
const LETTER = { title: 9.4, text: 7.4, legend: 6.6 };
const LINE = { title: 22, legend: 19 };

/** Returns the room that the title takes, plus the room for the legend if the legend is above the plot. */
export function roomAbove({ data, layout }: Figure, width: number): number {
  const { title, legend, margin = {}, showlegend } = layout;
  const text = typeof title === "object" ? (title.text ?? "") : "";
  const lines = text === "" ? 0 : text.split("<br>").length;
  const names = (data as { name?: string; showlegend?: boolean; visible?: unknown }[])
    .filter((trace) => trace.visible !== false && trace.showlegend !== false)
    .map(({ name = "" }) => letters(name));
  const isAbove = legend?.orientation === "h" && showlegend !== false && names.length > 1;
  const column = 48 + LETTER.legend * Math.max(...names);
  const columns = Math.max(1, Math.floor((width - (margin.l ?? 80) - (margin.r ?? 80)) / column));
  const rows = isAbove ? Math.ceil(names.length / columns) : 0;
  return 24 + LINE.title * lines + LINE.legend * rows + (rows > 0 ? 8 : 0);
}

/** Counts the visible letters in a text. */
function letters(text: string): number {
  return text.replace(/<[^>]*>|&\w+;/g, "").length;
}

/** Breaks a text into lines of at most `most` letters, except for words that are longer. */
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
