import type { Data, Layout } from "plotly.js-dist";

/** What Plotly draws: a list of traces and a layout. */
export interface Figure {
  data: Data[];
  layout: Partial<Layout>;
}
