import type { Data } from "plotly.js-dist";
import type { Figure } from "./figure";
import { themed, type Plot } from "./theme";
import { countText } from "../numerics/count-text";

/** The initial position of a slider. */
export interface SliderStart {
  /** The index of the position that is shown at first, and in the static picture. Default: 0. */
  readonly active?: number;
}

/** A figure with a slider below it. */
export interface SliderOptions<Position> extends Omit<Plot, "title">, SliderStart {
  /** The text in front of the label of the current position, such as "N = ". */
  readonly prefix: string;
  /** The positions: numbers, or other values with a label. */
  readonly positions: readonly Position[];
  /** Traces that are visible at every position. */
  readonly shared?: readonly Data[];
  /** The title at a position, and the traces that are visible only there. */
  readonly at: (position: Position) => { readonly title: string; readonly traces: readonly Data[] };
}

/** Makes a figure whose slider chooses the visible traces and the title that goes with them. */
export function withSlider<Position extends number | { readonly label: string }>(
  options: SliderOptions<Position>,
): Figure {
  const { prefix, positions, active = 0, shared = [], at, layout, ...axes } = options;
  const shown = positions.map(at);
  const isVisible = (chosen: number): boolean[] => [
    ...shared.map(() => true),
    ...shown.flatMap(({ traces }, i) => traces.map(() => i === chosen)),
  ];
  const visible = isVisible(active);
  const data = [...shared, ...shown.flatMap(({ traces }) => traces)].map(
    (trace, i) => ({ ...trace, visible: visible[i] }) as Data,
  );
  const slider = {
    active,
    pad: { t: 60, r: 24 },
    currentvalue: { prefix, xanchor: "left" as const },
    steps: positions.map((position, i) => ({
      label: typeof position === "number" ? countText(position) : position.label,
      method: "update" as const,
      args: [{ visible: isVisible(i) }, { "title.text": shown[i].title }],
    })),
  };
  const margin = { l: 80, b: 130, ...layout?.margin };
  const all = { height: 500, ...layout, margin, sliders: [slider] };
  return themed(data, { ...axes, title: shown[active].title, layout: all });
}
