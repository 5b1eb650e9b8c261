import type { Data } from "plotly.js-dist";
import type { Figure } from "./figure";
import { themed, type Plot } from "./theme";

/** What one position of the slider shows. */
export interface SliderStep {
  readonly label: string;
  /** Traces that are seen at this position only. */
  readonly traces: readonly Data[];
  readonly title: string;
}

/** A figure with a slider below it. */
export interface SliderOptions extends Omit<Plot, "title"> {
  /** Text before the label of the current position, such as "N = ". */
  readonly prefix: string;
  readonly steps: readonly SliderStep[];
  /** Index of the position that is shown first, and in the static picture; by default 0. */
  readonly active?: number;
  /** Traces that are seen at every position. */
  readonly shared?: readonly Data[];
}

/** A figure whose slider chooses which traces are seen, and the title that goes with them. */
export function withSlider({
  prefix,
  steps,
  active = 0,
  shared = [],
  layout,
  ...axes
}: SliderOptions): Figure {
  const isVisible = (chosen: number): boolean[] => [
    ...shared.map(() => true),
    ...steps.flatMap(({ traces }, i) => traces.map(() => i === chosen)),
  ];
  const visible = isVisible(active);
  const data = [...shared, ...steps.flatMap(({ traces }) => traces)].map(
    (trace, i) => ({ ...trace, visible: visible[i] }) as Data,
  );
  const slider = {
    active,
    pad: { t: 60 },
    currentvalue: { prefix, xanchor: "left" as const },
    steps: steps.map(({ label, title }, i) => ({
      label,
      method: "update" as const,
      args: [{ visible: isVisible(i) }, { "title.text": title }],
    })),
  };
  const margin = { l: 80, b: 130, ...layout?.margin };
  const all = { height: 500, ...layout, margin, sliders: [slider] };
  return themed(data, { ...axes, title: steps[active].title, layout: all });
}
