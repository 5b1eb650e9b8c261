import type { CertificationRecord } from "../experiments/record";
import { COLORS } from "./colors";

/** Colors of the first, second, … record of a kind. */
const SHADES = {
  constant: [COLORS.constant, COLORS.series[0], COLORS.reference],
  inputDependent: [COLORS.inputDependent, COLORS.series[2], COLORS.worstCase, COLORS.series[1]],
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

/** A color for each record, by its name: of the shades of constant σ, or of those of σ(x). */
export function recordColors(records: NamedRecords): Readonly<Record<string, string>> {
  const count = { constant: 0, inputDependent: 0 };
  return Object.fromEntries(
    namedEntries(records).map(([name, { configuration }]) => {
      const kind = configuration.variance.isConstant ? "constant" : "inputDependent";
      return [name, SHADES[kind][count[kind]++ % SHADES[kind].length]];
    }),
  );
}
