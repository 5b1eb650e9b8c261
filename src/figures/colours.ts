/**
 * One colour for each thing, throughout all figures, from the palette of Okabe and Ito, which people with any kind of
 * colour blindness can tell apart.
 */
export const COLOURS = {
  /** Constant σ. */
  constant: "#0072B2",
  /** Input-dependent σ(x). */
  inputDependent: "#D55E00",
} as const;
