import type { Data, Layout } from "plotly.js-dist";
import type { Figure } from "./figure";

/** What one position of the slider shows. */
export interface SliderStep {
  readonly label: string;
  /** Traces that are seen at this position only. */
  readonly traces: readonly Data[];
  readonly title: string;
}

/** A figure with a slider below it. */
export interface SliderOptions {
  /** Text before the label of the current position, such as "N = ". */
  readonly prefix: string;
  readonly steps: readonly SliderStep[];
  /** Index of the position that is shown first, and in the static picture. */
  readonly active: number;
  /** Traces that are seen at every position. */
  readonly shared?: readonly Data[];
  readonly layout: Partial<Layout>;
}

/** A figure whose slider chooses which traces are seen, and the title that goes with them. */
export function withSlider({ prefix, steps, active, shared = [], layout }: SliderOptions): Figure {
  const isVisible = (chosen: number): boolean[] => [
    ...shared.map(() => true),
    ...steps.flatMap(({ traces }, i) => traces.map(() => i === chosen)),
  ];
  const visible = isVisible(active);
  const data = [...shared, ...steps.flatMap(({ traces }) => traces)].map(
    (trace, i) => ({ ...trace, visible: visible[i] }) as Data,
  );
  return {
    data,
    layout: {
      ...layout,
      // At the left: the buttons of an interactive figure cover the right.
      title: { text: steps[active].title, x: 0.02, xanchor: "left" },
      height: layout.height ?? 500,
      margin: { l: 80, r: 20, t: 60, b: 130, ...layout.margin },
      sliders: [
        {
          active,
          pad: { t: 60 },
          currentvalue: { prefix, xanchor: "left" },
          steps: steps.map(({ label, title }, i) => ({
            label,
            method: "update",
            args: [{ visible: isVisible(i) }, { "title.text": title }],
          })),
        },
      ],
    },
  };
}
