import { ON_DARK, ON_WHITE } from "../figures/colors";

/**
 * The script with which a page draws its interactive figures, in the colors of the reader's theme and at the width of
 * the page. The script keeps the pictures for printing, and shows them if Plotly is missing or fails.
 */
export const DRAW_FIGURES: string = `
document.addEventListener("DOMContentLoaded", async () => {
  const packed = document.getElementById("plotly");
  if (packed && typeof DecompressionStream !== "undefined") {
    const bytes = Uint8Array.from(atob(packed.textContent), (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(unpacked).text();
    document.head.append(script);
  }
  if (typeof Plotly === "undefined") return;
  const theme = window.matchMedia("(prefers-color-scheme: dark)");
  const dark = {
    paper_bgcolor: "#14181d", plot_bgcolor: "#14181d", font: { color: "#dfe4e9" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: "#8f99a3", activecolor: "#dfe4e9" },
  };
  const darkSlider = { bgcolor: "#525b65", bordercolor: "#8f99a3", activebgcolor: "#8f99a3", tickcolor: "#8f99a3" };
  const darkAxis = { gridcolor: "#323941", zerolinecolor: "#525b65", linecolor: "#8f99a3" };
  const [inDark, inLight] = [${JSON.stringify(ON_DARK)}, ${JSON.stringify(ON_WHITE)}];
  const shaded = (text, shades) => text.replace(/#[0-9a-f]{6}(?=([0-9a-f]{2})?\\b)/gi, (color) => shades[color.toLowerCase()] ?? color);
  const isAxis = (key) => /^[xy]axis/.test(key);
  const inTheme = (text) => {
    const { data, layout = {} } = JSON.parse(shaded(text, theme.matches ? inDark : inLight));
    if (!theme.matches) return { data, layout };
    const axes = Object.keys({ xaxis: 0, yaxis: 0, ...layout }).filter(isAxis);
    const themed = axes.map((key) => [key, { ...darkAxis, ...layout[key] }]);
    const sliders = (layout.sliders ?? []).map((slider) => ({ ...darkSlider, ...slider }));
    return { data, layout: { ...dark, ...layout, ...Object.fromEntries(themed), sliders } };
  };

  // Breaks a title into lines of at most this many letters, between words and outside tags.
  const wrapped = (text, letters) => {
    const words = text.split(/(?<!=) (?!=)(?![^<]*>)/);
    const length = (line) => line.replace(/<[^>]*>|&\\w+;/g, "").length;
    return words.reduce((lines, word) => {
      const longer = lines.at(-1) + " " + word;
      if (lines.at(-1) !== "" && length(longer.split("<br>").at(-1)) > letters) return [...lines, word];
      return [...lines.slice(0, -1), lines.at(-1) === "" ? word : longer];
    }, [""]).join("<br>");
  };
  const TITLE_SIZE = { wide: 17, narrow: 15 };
  // Below this width, legends go above their figures.
  const NARROW = 600;

  // The figure for a place of the given width, and the maximum number of lines of its title.
  const fitted = ({ data, layout }, width) => {
    const isNarrow = width < NARROW;
    const size = isNarrow ? TITLE_SIZE.narrow : TITLE_SIZE.wide;
    const letters = Math.floor((width - 30) / (0.54 * size));
    const steps = (layout.sliders ?? []).flatMap(({ steps = [] }) => steps);
    for (const { args } of steps) {
      const change = args?.find((argument) => argument?.["title.text"] !== undefined);
      if (change) change["title.text"] = wrapped(String(change["title.text"]), letters);
    }
    const title = typeof layout.title === "string" ? { text: layout.title } : { ...layout.title };
    title.text = wrapped(title.text ?? "", letters);
    const titles = [title.text, ...steps.flatMap(({ args }) => args?.map((a) => a?.["title.text"] ?? "") ?? [])];
    const lines = title.text === "" ? 0 : Math.max(...titles.map((text) => text.split("<br>").length));
    const changed = { ...layout, title: { ...title, font: { ...title.font, size } } };
    delete changed.width;
    if (isNarrow) {
      changed.legend = { ...layout.legend, orientation: "h", x: 0, xanchor: "left", y: 1.01, yanchor: "bottom", font: { size: 11 } };
      changed.margin = { ...layout.margin, l: Math.min(layout.margin?.l ?? 80, 66), r: 12 };
      for (const key of Object.keys(changed).filter(isAxis)) {
        const { title: name, ...axis } = changed[key];
        const text = typeof name === "string" ? name : name?.text;
        if (!text || !key.startsWith("x")) continue;
        changed[key] = { ...axis, title: { ...(typeof name === "object" ? name : {}), text: wrapped(text, (width - 90) / 7), font: { size: 12 } } };
      }
      // A figure with the same scale on both axes would leave a tall place half empty.
      if (Object.entries(changed).some(([key, value]) => isAxis(key) && value.scaleanchor)) {
        changed.height = Math.min(layout.height ?? 440, width + 130);
      }
    }
    return { data, layout: changed, titleLines: lines, lineHeight: 1.3 * size };
  };

  // Rearranges a grid of captioned images (imageFigure) into fewer columns if it is wider than the page.
  const reflowed = (layout, width) => {
    const { images = [], annotations = [], margin = {}, xaxis, yaxis } = layout;
    const across = xaxis?.range?.[1];
    const rows = yaxis?.range?.[0];
    const sides = (margin.l ?? 0) + (margin.r ?? 0);
    const fit = Math.floor((width - sides) / ((layout.width - sides) / across));
    const isGrid = images.length > 0 && images.every(({ x, y }) => x % 1 === 0.5 && y % 1 === 0);
    if (!isGrid || !(fit >= 1 && fit < across)) return layout;
    const moved = (item) => {
      const i = Math.floor(item.y) * across + Math.floor(item.x);
      return { ...item, x: (i % fit) + 0.5, y: Math.floor(i / fit) + (item.y % 1) };
    };
    const now = Math.ceil(images.length / fit);
    const ends = (margin.t ?? 0) + (margin.b ?? 0);
    return {
      ...layout,
      width: sides + ((layout.width - sides) / across) * fit,
      height: ends + ((layout.height - ends) / rows) * now,
      xaxis: { ...xaxis, range: [0, fit] },
      yaxis: { ...yaxis, range: [now, 0] },
      images: images.map(moved),
      annotations: annotations.map(moved),
    };
  };

  // Makes room for the title and, below it, the legend, both above the plot.
  const settle = async (place, { titleLines, lineHeight }) => {
    const { _size: size, legend, height } = place._fullLayout;
    const key = place.querySelector(".legend");
    if (titleLines === 0) return;
    // Plotly puts the middle of a title where the middle of a single line would be.
    const top = 10 + ((titleLines - 1) * lineHeight) / 2;
    const isAbove = key && legend.y >= 1 && legend.yanchor === "bottom";
    const needed = 16 + titleLines * lineHeight + (isAbove ? key.getBoundingClientRect().height + 8 : 10);
    const more = Math.max(0, needed - size.t);
    await Plotly.relayout(place, {
      "margin.t": Math.max(needed, size.t), height: height + more,
      "title.yref": "container", "title.yanchor": "top", "title.y": 1 - top / (height + more), "title.pad.t": 0,
    });
  };

  const figures = [...document.querySelectorAll(".figure")].map((box) => {
    const place = document.createElement("div");
    place.className = "plot";
    // The picture with its name is hidden once the figure is drawn.
    place.setAttribute("role", "figure");
    place.setAttribute("aria-label", box.querySelector("img")?.alt ?? "a figure");
    box.append(place);
    return { box, place, text: box.querySelector("script").textContent };
  });
  async function draw() {
    for (const { box, place, text } of figures) {
      try {
        const figure = inTheme(text);
        box.classList.add("drawn");
        const width = place.clientWidth;
        if (figure.data.length === 0) {
          // Images alone need no buttons, which would cover them, and shrink with the page.
          const grid = reflowed(figure.layout, width);
          const { layout, ...title } = fitted({ data: [], layout: grid }, Math.min(width, grid.width ?? width));
          await Plotly.newPlot(place, [], { ...layout, width: grid.width, margin: grid.margin }, { staticPlot: true });
          await settle(place, title);
          place.style.zoom = Math.min(1, width / place._fullLayout.width);
          continue;
        }
        const { data, layout, ...title } = fitted(figure, width);
        await Plotly.newPlot(place, data, layout, {
          responsive: true,
          displaylogo: false,
          toImageButtonOptions: { format: "svg" },
        });
        await settle(place, title);
      } catch (error) {
        box.classList.remove("drawn");
        console.error(error);
      }
    }
  }
  // On paper, figures are pictures in black on white, made of lines instead of pixels if there is time to draw them.
  async function sharpen() {
    for (const { box, text } of figures) {
      const picture = box.querySelector("img");
      if (!picture) continue;
      const { data, layout = {} } = JSON.parse(shaded(text, inLight));
      const size = { width: layout.width ?? 760, height: layout.height ?? 440 };
      try {
        picture.src = await Plotly.toImage({ data, layout: { ...layout, ...size } }, { format: "svg", ...size });
      } catch (error) {
        console.error(error);
      }
      await new Promise((next) => setTimeout(next));
    }
  }
  theme.addEventListener("change", draw);
  let drawnAt = window.innerWidth;
  window.addEventListener("resize", () => {
    const isOther = Math.abs(window.innerWidth - drawnAt) > 40;
    if (!isOther || window.matchMedia("print").matches) return;
    drawnAt = window.innerWidth;
    setTimeout(draw, 200);
  });
  await draw();
  await sharpen();
});`;
