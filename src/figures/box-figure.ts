import { mean, quantile } from "../numerics/summaries";
import { COLORS } from "./colors";
import type { Figure } from "./figure";
import { rounded } from "./grid";
import { themed, type Words } from "./theme";

/** The labels and options of {@link boxFigure}. */
export interface BoxFigureOptions extends Words {
  /** Whether the values belong to constant σ. By default they belong to σ(x). */
  readonly isConstant?: boolean;
}

/**
 * Draws one box per group. A box shows the quartiles, whiskers from the 5 % to the 95 % quantile, and the mean as a
 * dashed line. The groups are ordered by their means.
 *
 * @param groups - the values of each group, by the group's name; no group may be empty
 * @throws RangeError if a group is empty
 * @example
 * const { rows } = await readRecord("records/cifar10-0.5-r0.01");
 * const sigmas = (label: number) => rows.filter((row) => row.label === label).map(({ sigma }) => sigma);
 * const figure = boxFigure({ airplane: sigmas(0), frog: sigmas(6) }, { title: "σ(x) by class", x: "class", y: "σ(x)" });
 */
export function boxFigure(
  groups: Readonly<Record<string, readonly number[]>>,
  { title, x, y, isConstant = false }: BoxFigureOptions,
): Figure {
  const boxes = Object.entries(groups).map(([name, values]) => {
    if (values.length === 0) throw new RangeError(`group ${name} is empty`);
    return { name, mean: mean(values), sorted: [...values].sort((a, b) => a - b) };
  });
  boxes.sort((a, b) => a.mean - b.mean);
  const quantiles = (p: number): number[] => rounded(boxes.map(({ sorted }) => quantile(sorted, p)));
  const box = {
    type: "box",
    x: boxes.map(({ name }) => name),
    lowerfence: quantiles(0.05),
    q1: quantiles(0.25),
    median: quantiles(0.5),
    q3: quantiles(0.75),
    upperfence: quantiles(0.95),
    mean: rounded(boxes.map(({ mean }) => mean)),
    marker: { color: isConstant ? COLORS.constant : COLORS.inputDependent },
    line: { width: 1.5 },
  };
  const axes = { x: { title: x, type: "category" }, y } as const;
  return themed([box as Figure["data"][number]], { title, ...axes, layout: { showlegend: false } });
}
