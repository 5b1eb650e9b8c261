/**
 * The colors of the figures. A given kind of curve or mark has the same color in every figure. The colors come from the
 * palette of Okabe and Ito, whose colors can be told apart with any kind of color blindness.
 *
 * @example
 * const [x, y] = [[0, 1, 2], [0.8, 0.5, 0.1]];
 * const curve = { name: "constant σ", x, y, color: COLORS.constant, dash: "dash" } as const;
 * const figure = curvesFigure([curve], { title: "Certified accuracy", x: "radius", y: "certified accuracy" });
 */
export const COLORS = {
  /** The color for constant σ. */
  constant: "#0072B2",
  /** The color for input-dependent σ(x). */
  inputDependent: "#D55E00",
  /** The color for the region where the worst-case base classifier returns another class. */
  worstCase: "#CC79A7",
  /** The color for a claimed radius that is false. */
  refuted: "#A6006F",
  /** The color for a reference, such as a limit, a threshold or a closed form. */
  reference: "#000000",
  /** The colors for the curves of a family, in order, for example with one curve per dimension N. */
  series: ["#56B4E9", "#009E73", "#E69F00", "#CC79A7", "#000000"],
} as const;

/**
 * The colors to use on a white background: light blue and yellow are darkened to the contrast that lines need, 3 to 1.
 */
export const ON_WHITE: Readonly<Record<string, string>> = { "#56b4e9": "#3a9ad6", "#e69f00": "#c08600" };

/**
 * The colors to use on a dark background: black and white are swapped, and dark colors are lightened to a contrast of
 * at least 4.5 to 1.
 */
export const ON_DARK: Readonly<Record<string, string>> = {
  "#000000": "#f2f4f6",
  "#ffffff": "#14181d",
  "#0072b2": "#3396d9",
  "#a6006f": "#f06bb9",
};
