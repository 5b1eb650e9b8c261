import type { CertificationRecord } from "../experiments/record";
import { COLOURS } from "./colours";

/** Colours of the first, second, … record of a kind. */
const SHADES = {
  constant: [COLOURS.constant, COLOURS.series[0], COLOURS.reference],
  inputDependent: [COLOURS.inputDependent, COLOURS.series[2], COLOURS.worstCase, COLOURS.series[1]],
} as const;

/** A colour for each record, by its name: of the shades of constant σ, or of those of σ(x). */
export function recordColours(
  records: Readonly<Record<string, CertificationRecord>>,
): Readonly<Record<string, string>> {
  const count = { constant: 0, inputDependent: 0 };
  return Object.fromEntries(
    Object.entries(records).map(([name, { configuration }]) => {
      const kind = configuration.variance.rate === 0 ? "constant" : "inputDependent";
      return [name, SHADES[kind][count[kind]++ % SHADES[kind].length]];
    }),
  );
}
