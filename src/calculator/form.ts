/** The HTML of the calculator, whose program is `main.ts`. */
import { VIEW_BOX } from "./plot";

/** The calculator's form within a page. */
export const CALCULATOR_FORM: string = `<form class="calculator" id="calculator" autocomplete="off">
<h2>Certified radius, computed here</h2>
<div class="fields">
<label><span>N, input dimension</span><input name="dimension" value="3072" inputmode="numeric" list="dimensions"></label>
<label><span>σ(x₀)</span><input name="sigma" value="0.5" inputmode="decimal"></label>
<label><span>r, rate of σ(x)</span><input name="rate" value="0.01" inputmode="decimal"></label>
</div>
<datalist id="dimensions"><option value="784">MNIST</option><option value="3072">CIFAR-10</option><option value="150528">ImageNet</option></datalist>
<div class="choice" role="radiogroup" aria-label="what is known about class A">
<label><input type="radio" name="from" value="pA" checked> p<sub>A</sub></label>
<label><input type="radio" name="from" value="votes"> votes</label>
</div>
<div class="fields of-pA">
<label><span>p<sub>A</sub>, a lower bound</span><input name="pA" value="0.99" inputmode="decimal"></label>
</div>
<div class="fields of-votes">
<label><span>n<sub>A</sub>, votes for A</span><input name="votes" value="9950" inputmode="numeric"></label>
<label><span>n, noisy copies</span><input name="n" value="10000" inputmode="numeric"></label>
<label><span>α</span><input name="alpha" value="0.001" inputmode="decimal"></label>
</div>
<p class="wrong" role="alert"></p>
<table class="results" aria-live="polite">
<tr class="certified"><th scope="row"><i class="swatch certified"></i>certified radius R</th><td><output name="radius"></output></td></tr>
<tr><th scope="row"><i class="swatch increasing"></i>σ grows, s<sub>1</sub> = s<sub>0</sub> e<sup>rR</sup></th><td><output name="increasing"></output></td></tr>
<tr><th scope="row"><i class="swatch decreasing"></i>σ shrinks, s<sub>1</sub> = s<sub>0</sub> e<sup>−rR</sup></th><td><output name="decreasing"></output></td></tr>
<tr><th scope="row"><i class="swatch constant"></i>Cohen’s radius, constant σ</th><td><output name="cohen"></output></td></tr>
<tr><th scope="row"><i class="swatch"></i>loss against Cohen</th><td><output name="loss"></output></td></tr>
<tr class="of-votes"><th scope="row"><i class="swatch"></i>p<sub>A</sub> (Clopper-Pearson)</th><td><output name="bound"></output></td></tr>
</table>
<svg viewBox="${VIEW_BOX}" role="img" aria-label="Largest probability ξ of leaving class A against the distance, for constant, growing and shrinking σ: the certified radius is the distance at which the first of the curves for growing and shrinking σ reaches one half"></svg>
<p class="note">l<sub>2</sub> radii in the units of σ, rounded down; the smaller side is certified. Point at a number to see all its digits.</p>
</form>`;

/** The style of the calculator, with the colors of the figures. */
// eslint-disable-next-line max-lines-per-function -- one style rule after another
export function calculatorStyle(colors: {
  constant: string;
  increasing: string;
  decreasing: string;
}): string {
  return `
.calculator {
  --constant: ${colors.constant}; --increasing: ${colors.increasing}; --decreasing: ${colors.decreasing};
  border: 1px solid var(--line); border-radius: 6px; padding: 0.9rem 1rem; font-size: 0.88rem; line-height: 1.4;
}
@media (prefers-color-scheme: dark) { .calculator { --constant: #3396d9; } }
.calculator h2 { margin: 0 0 0.7rem; font-size: 1.15rem; }
.calculator .fields { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: end; }
.calculator .fields label { flex: 1 1 6.5rem; }
.calculator .fields span { display: block; color: var(--quiet); font-size: 0.8rem; }
.calculator input:not([type="radio"]) {
  width: 100%; font: inherit; font-variant-numeric: tabular-nums; color: inherit; background: var(--code);
  border: 1px solid var(--quiet); border-radius: 4px; padding: 0.3em 0.5em;
}
.calculator .choice { display: flex; gap: 1.2rem; margin: 0.7rem 0 0.4rem; }
.calculator .wrong { margin: 0.6rem 0 0; color: var(--error); overflow-wrap: anywhere; }
.calculator .wrong:empty, .calculator[data-from="pA"] .of-votes, .calculator[data-from="votes"] .of-pA { display: none; }
.calculator .results { width: 100%; margin: 0.7rem 0; font-size: inherit; }
.calculator .results th, .calculator .results td { padding: 0.22em 0; }
.calculator .results th { font-weight: 400; }
.calculator .results td { text-align: right; white-space: nowrap; }
.calculator .results .certified :is(th, td) { font-weight: 650; }
.calculator .swatch { display: inline-block; width: 1.6em; margin-right: 0.6em; vertical-align: middle; border-top: 3px solid transparent; }
.calculator .swatch.certified { border: 0.35em solid var(--increasing); width: 0; margin-inline: 0.45em 1.05em; border-radius: 50%; }
.calculator .swatch.increasing { border-color: var(--increasing); }
.calculator .swatch.decreasing { border-color: var(--decreasing); border-top-style: dotted; }
.calculator .swatch.constant { border-color: var(--constant); border-top-style: dashed; }
.calculator svg { display: block; width: 100%; max-width: 30rem; margin: 0 auto; font-size: 12px; }
.calculator svg:empty { display: none; }
.calculator svg text { fill: var(--text); }
.calculator svg .upright { transform-box: fill-box; transform-origin: center; transform: rotate(-90deg); }
.calculator svg .axis { stroke: var(--quiet); fill: none; }
.calculator svg .grid { stroke: var(--line); fill: none; }
.calculator svg .curve { fill: none; stroke-width: 2; }
.calculator svg .constant { stroke: var(--constant); stroke-dasharray: 7 4; }
.calculator svg .decreasing { stroke: var(--decreasing); stroke-width: 3; stroke-dasharray: 2 3; }
.calculator svg .increasing { stroke: var(--increasing); }
.calculator svg .dot { stroke: none; }
.calculator svg .dot.constant { fill: var(--constant); }
.calculator svg .dot.certified { fill: var(--increasing); }
.calculator .note { margin: 0.4rem 0 0; color: var(--quiet); font-size: 0.8rem; }
@media print {
  .calculator { display: grid; grid-template-columns: 1fr 1fr; column-gap: 1.5rem; break-inside: avoid; font-size: 8.5pt; }
  .calculator > * { grid-column: 1; }
  .calculator svg { grid-column: 2; grid-row: 1 / span 7; align-self: center; }
  .calculator .fields label { flex-basis: 4.5rem; }
  .calculator .note { display: none; }
}
`;
}
