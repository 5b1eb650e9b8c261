/**
 * Makes the beginning of the page that lists this project's notebooks: it says what the project is, shows its result,
 * and has a calculator.
 */
import { readFileSync } from "node:fs";
import { summarize } from "../analysis/summary";
import type { CertificationRecord } from "../experiments/record";
import { CALCULATOR_FORM, calculatorStyle } from "../calculator/form";
import { COLORS } from "../figures/colors";
import { packageFile } from "../files/package-file";
import { type Cifar10Pair, cifar10Figure, cifar10Result } from "./cifar10-result";
import { drawnFigureHtml } from "./page-shell";
import { countText } from "../numerics/count-text";

/**
 * The beginning of a page: the title, the content (which draws a figure with Plotly), and the style of the content.
 */
export interface FrontPage {
  readonly title: string;
  readonly body: string;
  readonly style: string;
}

/** Makes the beginning of the page from the records that come with the package. */
export async function frontPage(): Promise<FrontPage> {
  const pairs = await cifar10Result();
  const figure = await drawnFigureHtml(cifar10Figure(pairs));
  const { n0, n, alpha } = pairs[0].constant.configuration;
  // esbuild ensures that the script is plain ASCII except for its strings, and that it does not contain the end tag
  // of a script element.
  const program = readFileSync(packageFile("dist", "calculator", "bundle.js"), "utf8");
  return {
    title: "Input-dependent randomized smoothing",
    body: `<header><h1>Input-dependent randomized smoothing, certified exactly</h1>
<p>${inOneParagraph(pairs)}</p></header>
<div class="front">
<div>${figure}<p class="note">The same base classifiers, smoothed with constant σ and with σ(x), at σ<sub>b</sub> = 0.12, 0.25 and 0.5:
every 20th CIFAR-10 test image, n<sub>0</sub> = ${n0}, n = ${countText(n)}, α = ${alpha} for each image.
Dotted: ResNet-110 of Cohen et al. (2019), constant σ<sub>b</sub>, also with n = 100,000.</p></div>
${CALCULATOR_FORM}
</div>
<script>${program}</script>`,
    style: `${calculatorStyle({
      constant: COLORS.constant,
      increasing: COLORS.inputDependent,
      decreasing: COLORS.worstCase,
    })}
body main { max-width: 70rem; }
.front { display: grid; grid-template-columns: minmax(0, 1fr) 25rem; gap: 1.5rem; align-items: start; margin: 1.5rem 0; }
.formula { white-space: nowrap; }
.front .figure { margin: 0; }
.front .note { color: var(--quiet); font-size: 0.8rem; line-height: 1.45; }
@media (max-width: 60rem) { .front { grid-template-columns: minmax(0, 1fr); } }
@media print {
  .front { display: block; }
  .front .figure img { max-height: 62mm; }
}
`,
  };
}

function inOneParagraph(pairs: readonly Cifar10Pair[]): string {
  const each = (value: (record: CertificationRecord) => number, of: "constant" | "inputDependent"): string =>
    pairs.map((pair) => value(pair[of]).toFixed(3)).join(", ");
  const accuracy = (record: CertificationRecord): number => summarize(record).accuracy;
  const radius = (record: CertificationRecord): number => summarize(record).averageRadius;
  return `Randomized smoothing turns any classifier into one with a proof: a radius around each input in which its answer
cannot change. It usually adds noise of the same σ to every input. May σ depend on the input?
<a href="https://arxiv.org/abs/2110.05365">Súkeník, Kuvshinov and Günnemann (ICML 2022)</a> prove that certificates
remain possible if ln σ(x) changes at a rate of at most r, and that in N dimensions this rate must be tiny: Cohen’s radius
shrinks by a factor of about <span class="formula">√(1 + 2N r² σ²)</span>. Most earlier methods quote a radius that does not hold. Here, every radius is
computed from the two exact Neyman-Pearson problems, for growing and for shrinking σ, and rounded down. The
result on CIFAR-10, at σ<sub>b</sub> = ${pairs.map(({ sigmaBase }) => sigmaBase).join(", ")}: the paper’s σ(x) with
r = 0.01 does not change clean accuracy on 500 test images beyond chance (${each(accuracy, "inputDependent")}; constant σ:
${each(accuracy, "constant")}), and it lowers the average certified radius (${each(radius, "inputDependent")}; constant σ:
${each(radius, "constant")}), beyond chance at σ<sub>b</sub> = 0.25 and 0.5.`;
}
