/**
 * One color for each thing, throughout all figures, from the palette of Okabe and Ito, which people with any kind of
 * color blindness can tell apart.
 */
export const COLORS = {
  /** Constant σ. */
  constant: "#0072B2",
  /** Input-dependent σ(x). */
  inputDependent: "#D55E00",
  /** Where the worst-case base classifier answers another class. */
  worstCase: "#CC79A7",
  /** What something else is compared with: a limit, a threshold, a closed form. */
  reference: "#000000",
  /** Curves of one family, such as one for each number of dimensions, in order. */
  series: ["#56B4E9", "#009E73", "#E69F00", "#CC79A7", "#000000"],
} as const;
