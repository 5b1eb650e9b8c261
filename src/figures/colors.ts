/**
 * One color for each thing, throughout all figures, from the palette of Okabe and Ito, which people with any kind of
 * color blindness can tell apart.
 *
 * @example
 * const [x, y] = [[0, 1, 2], [0.8, 0.5, 0.1]];
 * const curve = { name: "constant σ", x, y, color: COLORS.constant, dash: "dash" } as const;
 * const figure = curvesFigure([curve], { title: "Certified accuracy", x: "radius", y: "certified accuracy" });
 */
export const COLORS = {
  /** Constant σ. */
  constant: "#0072B2",
  /** Input-dependent σ(x). */
  inputDependent: "#D55E00",
  /** Where the worst-case base classifier answers another class. */
  worstCase: "#CC79A7",
  /** A radius that is claimed and false. */
  refuted: "#A6006F",
  /** What something else is compared with: a limit, a threshold, a closed form. */
  reference: "#000000",
  /** Curves of one family, such as one for each number of dimensions, in order. */
  series: ["#56B4E9", "#009E73", "#E69F00", "#CC79A7", "#000000"],
} as const;

/** On white, the light blue and the yellow are as dark as a line has to be: a contrast of 3 to 1. */
export const ON_WHITE: Readonly<Record<string, string>> = { "#56b4e9": "#3a9ad6", "#e69f00": "#c08600" };

/** On a dark ground, black and white change places and dark colors are lighter: a contrast of 4.5 to 1 or more. */
export const ON_DARK: Readonly<Record<string, string>> = {
  "#000000": "#f2f4f6",
  "#ffffff": "#14181d",
  "#0072b2": "#3396d9",
  "#a6006f": "#f06bb9",
};
