import type { CertificationRecord } from "../experiments/record";
import { COLOURS } from "./colours";

/** Colours of the first, second, … record of a kind. */
const SHADES = {
  constant: [COLOURS.constant, COLOURS.series[0], COLOURS.reference],
  inputDependent: [COLOURS.inputDependent, COLOURS.series[2], COLOURS.worstCase, COLOURS.series[1]],
} as const;

/**
 * Records by name, in order. In a plain object, names that are numbers come first whatever their place; a Map keeps
 * their order.
 */
export type NamedRecords =
  Readonly<Record<string, CertificationRecord>> | ReadonlyMap<string, CertificationRecord>;

/** The records with their names, in order. */
export function namedEntries(records: NamedRecords): readonly (readonly [string, CertificationRecord])[] {
  return records instanceof Map ? [...records] : Object.entries(records);
}

/** A colour for each record, by its name: of the shades of constant σ, or of those of σ(x). */
export function recordColours(records: NamedRecords): Readonly<Record<string, string>> {
  const count = { constant: 0, inputDependent: 0 };
  return Object.fromEntries(
    namedEntries(records).map(([name, { configuration }]) => {
      const kind = configuration.variance.isConstant ? "constant" : "inputDependent";
      return [name, SHADES[kind][count[kind]++ % SHADES[kind].length]];
    }),
  );
}
