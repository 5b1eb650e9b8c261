import { describe, expect, it } from "vitest";
import { certifiedRadius } from "../../src/certificates/certified-radius";
import { varianceRatioThresholds } from "../../src/certificates/curse-of-dimensionality";
import { worstCaseProbability } from "../../src/certificates/worst-case";
import { certifiedRadiusFigure, type RadiusSetting } from "../../src/figures/certified-radius-figure";
import type { Figure } from "../../src/figures/figure";
import { linear } from "../../src/figures/grid";
import { kullbackLeiblerFigure } from "../../src/figures/kullback-leibler-figure";
import { leavingProbabilityFigure } from "../../src/figures/leaving-probability-figure";
import { maximalRateFigure } from "../../src/figures/maximal-rate-figure";
import { noiseNormFigure } from "../../src/figures/noise-norm-figure";
import { radiusConditionFigure } from "../../src/figures/radius-condition-figure";
import { radiusLossFigure } from "../../src/figures/radius-loss-figure";
import { ratioThresholdFigure } from "../../src/figures/ratio-threshold-figure";
import { voteShareFigure } from "../../src/figures/vote-share-figure";
import { worstCaseFigure } from "../../src/figures/worst-case-figure";
import { normalCdf, normalQuantile } from "../../src/probability/normal";

interface Curve {
  name: string;
  x: number[];
  y: number[];
  visible: boolean;
  hovertemplate: string;
}

/** The curves that are seen at a position of the slider, as the slider's own instructions say. */
function curvesAt(figure: Figure, position: number): Curve[] {
  const [{ steps }] = figure.layout.sliders as unknown as [{ steps: { args: [{ visible: boolean[] }] }[] }];
  const { visible } = steps[position].args[0];
  expect(visible.length).toBe(figure.data.length);
  return (figure.data as unknown as Curve[]).filter((_, i) => visible[i]);
}

function named(curves: Curve[], name: string): Curve {
  const found = curves.filter((curve) => curve.name === name);
  expect(found.map((curve) => curve.name)).toEqual([name]);
  return found[0];
}

/** The value of a curve at x, between its points by a straight line. */
function valueAt({ x, y }: { x: number[]; y: number[] }, at: number): number {
  const i = x.findIndex((value) => value >= at);
  if (i <= 0) return y[i === 0 ? 0 : y.length - 1];
  return y[i - 1] + ((y[i] - y[i - 1]) * (at - x[i - 1])) / (x[i] - x[i - 1]);
}

/** Where a rising curve reaches ½. */
function crossing({ x, y }: Curve): number {
  return valueAt({ x: y, y: x }, 0.5);
}

const setting: RadiusSetting = { dimension: 3072, sigma: 0.25, rate: 0.01, pA: 0.99 };

describe("every figure of the certificates", () => {
  const marks = { MNIST: 784 };
  const figures: Record<string, Figure> = {
    worstCase: worstCaseFigure({ pA: 0.9, distance: 1, ratios: [0.8, 1.2] }),
    distance: leavingProbabilityFigure({
      along: "distance",
      range: [0, 3],
      slider: [0.98, 1.02],
      dimensions: [2, 784],
      pA: 0.9,
    }),
    norm: noiseNormFigure({ ratio: 1.04, pA: 0.9, dimensions: [2, 784] }),
    threshold: ratioThresholdFigure({ confidences: [0.9, 0.99], marks }),
    divergence: kullbackLeiblerFigure({ pA: 0.9, dimensions: [1, 784] }),
    radius: certifiedRadiusFigure({
      setting,
      along: "sigma",
      values: [0.1, 1],
      slider: { of: "rate", values: [0.01, 0.1] },
    }),
    condition: radiusConditionFigure({ ...setting, rates: [0.01, 0.1] }),
    loss: radiusLossFigure({ dimensions: [784], confidences: [0.9, 0.99] }),
    rate: maximalRateFigure({ losses: [0.1], sigmas: [0.25, 0.5], marks }),
    votes: voteShareFigure({ ...setting, distance: 0.3, ratios: [0.96, 1.04] }),
  };

  it.each(Object.keys(figures))(
    "%s: has titles, a legend for each curve, and shows the setting of its slider",
    (key) => {
      const { data, layout } = figures[key];
      for (const axis of [layout.xaxis, layout.yaxis]) expect(axis?.title?.text).toMatch(/\S/);
      const first = curvesAt(figures[key], layout.sliders?.[0].active ?? 0);
      expect((data as unknown as Curve[]).filter(({ visible }) => visible)).toEqual(first);
      const second = curvesAt(figures[key], 1);
      for (const curve of second) expect(curve.name).toMatch(/\S/);
      expect(curvesAt(figures[key], 0)).not.toEqual(second);
    },
  );

  it.each(Object.keys(figures))("%s: has finite numbers and curves of equal lengths", (key) => {
    for (const { x, y } of figures[key].data as unknown as Curve[]) {
      expect(x.length).toBe(y.length);
      // Only the gaps between the circles of one trace are not numbers.
      if (key !== "worstCase") expect([...x, ...y].every(Number.isFinite)).toBe(true);
    }
  });
});

describe("the worst-case figure", () => {
  /** Whether a point is inside a closed polygon (even-odd rule). */
  function contains({ x, y }: Curve, px: number, py: number): boolean {
    let inside = false;
    for (let i = 0, j = x.length - 1; i < x.length; j = i++) {
      if (y[i] > py !== y[j] > py && px < x[i] + ((x[j] - x[i]) * (py - y[i])) / (y[j] - y[i]))
        inside = !inside;
    }
    return inside;
  }

  it.each([0.7, 1, 1.5])("fills the area of probability p_B at x0 and ξ at x1, σ1/σ0 = %s", (ratio) => {
    const region = named(curvesAt(worstCaseFigure({ pA: 0.9, distance: 1, ratios: [ratio] }), 0), "not A");
    let [at0, at1] = [0, 0];
    const step = 0.08;
    for (let x = -9; x < 9; x += step) {
      for (let y = -9; y < 9; y += step) {
        if (!contains(region, x + 1e-7, y + 1e-7)) continue;
        at0 += (step * step * Math.exp(-(x * x + y * y) / 2)) / (2 * Math.PI);
        at1 +=
          (step * step * Math.exp(-((x - 1) ** 2 + y * y) / (2 * ratio ** 2))) / (2 * Math.PI * ratio ** 2);
      }
    }
    const xi = worstCaseProbability({ dimension: 2, sigma0: 1, sigma1: ratio, distance: 1, pA: 0.9 });
    expect(at0).toBeCloseTo(0.1, 2);
    expect(Math.abs(at1 - xi)).toBeLessThan(0.015);
  });
});

describe("the figures of ξ", () => {
  it("show ξ against the distance, and Cohen's half-space for constant σ", () => {
    const curves = curvesAt(
      leavingProbabilityFigure({
        along: "distance",
        range: [0, 3],
        slider: [0.9, 1.02],
        dimensions: [2, 3072],
        pA: 0.99,
      }),
      1,
    );
    const xi = (distance: number): number =>
      worstCaseProbability({ dimension: 3072, sigma0: 1, sigma1: 1.02, distance, pA: 0.99 });
    const { x, y } = named(curves, "N = 3072");
    x.forEach((distance, i) => expect(y[i]).toBeCloseTo(xi(distance), 5));
    const constant = named(curves, "σ₁ = σ₀, any N");
    constant.x.forEach((a, i) => expect(constant.y[i]).toBeCloseTo(normalCdf(a - normalQuantile(0.99)), 5));
  });

  it("show that at σ1 = σ0 the dimension does not matter, and that the interval below ½ is that of the threshold", () => {
    const curves = curvesAt(
      leavingProbabilityFigure({
        along: "ratio",
        range: [0.9, 1.1],
        slider: [1, 0],
        dimensions: [2, 3072],
        pA: 0.99,
      }),
      1,
    );
    const { exact } = varianceRatioThresholds({ dimension: 3072, pA: 0.99 });
    for (const name of ["N = 2", "N = 3072"]) expect(valueAt(named(curves, name), 1)).toBeCloseTo(0.01, 6);
    for (const threshold of [exact.lower, exact.upper]) {
      expect(valueAt(named(curves, "N = 3072"), threshold)).toBeCloseTo(0.5, 2);
    }
  });
});

describe("the figure of the norm of the noise", () => {
  it("has its peaks at σ sqrt((N − 1)/N), and widths of σ / sqrt(2N)", () => {
    const curves = curvesAt(noiseNormFigure({ ratio: 1.04, pA: 0.99, dimensions: [100, 3072] }), 1);
    [1, 1.04].forEach((sigma, i) => {
      const { x, y } = curves[i];
      const peak = x[y.indexOf(Math.max(...y))];
      expect(peak).toBeCloseTo(sigma * Math.sqrt(3071 / 3072), 2);
      const deviation = sigma / Math.sqrt(2 * 3072);
      expect(valueAt(curves[i], peak + deviation)).toBeCloseTo(Math.exp(-0.5), 1);
    });
  });
});

describe("the figure of the thresholds", () => {
  it("has ξ(0) = ½ on the exact lines, and the other forms outside them", () => {
    const figure = ratioThresholdFigure({ confidences: [0.9, 0.99], marks: {} });
    const curves = curvesAt(figure, 1);
    const [[lower, upper], theorem, simplified] = ["exact", "theorem", "theorem, simplified"].map((form) =>
      curves.filter(({ name }) => name === form),
    );
    lower.x.forEach((dimension, i) => {
      for (const sigma1 of [lower.y[i], upper.y[i]]) {
        const xi = worstCaseProbability({ dimension, sigma0: 1, sigma1, distance: 0, pA: 0.99 });
        expect(Math.abs(xi - 0.5)).toBeLessThan(1e-5 * Math.sqrt(dimension));
      }
      expect(simplified[0].y[i]).toBeLessThanOrEqual(theorem[0].y[i]);
      expect(theorem[0].y[i]).toBeLessThanOrEqual(lower.y[i]);
      expect(upper.y[i]).toBeLessThanOrEqual(theorem[1].y[i]);
      expect(theorem[1].y[i]).toBeLessThanOrEqual(simplified[1].y[i]);
    });
  });
});

describe("the figure of the divergence", () => {
  const [pA, pB] = [0.99, 0.01];
  const figure = kullbackLeiblerFigure({ pA, dimensions: [1, 20, 3072] });

  it("has no noise above the bound, which is ½ at ½ ln(1/(4 p_A p_B))", () => {
    for (const position of [0, 1, 2]) {
      const [bound, ...curves] = curvesAt(figure, position);
      expect(crossing(bound)).toBeCloseTo(Math.log(1 / (4 * pA * pB)) / 2, 3);
      for (const { x, y } of curves) x.forEach((k, i) => expect(y[i]).toBeLessThan(valueAt(bound, k) + 1e-3));
    }
  });

  it("has shifted Gaussians lose the majority at z²/2, and all Gaussians for large N", () => {
    const limit = normalQuantile(pA) ** 2 / 2;
    const curves = curvesAt(figure, 2);
    expect(crossing(named(curves, "Gaussian, shifted, any N"))).toBeCloseTo(limit, 3);
    for (const name of ["Gaussian, σ₁ < σ₀", "Gaussian, σ₁ > σ₀"]) {
      expect(Math.abs(crossing(named(curves, name)) / limit - 1)).toBeLessThan(0.03);
    }
  });

  it("has shrinking noise lose it before ln(1/p_B), and growing noise after it in one dimension", () => {
    const curves = curvesAt(figure, 0);
    const criterion = Math.log(1 / pB);
    expect(crossing(named(curves, "Gaussian, σ₁ < σ₀"))).toBeLessThan(criterion);
    expect(crossing(named(curves, "uniform, shrinking, any N"))).toBeCloseTo(Math.log(1 / (2 * pB)), 2);
    expect(crossing(named(curves, "Gaussian, σ₁ > σ₀"))).toBeGreaterThan(criterion);
  });
});

describe("the figures of the radius", () => {
  it.each([
    ["pA", [0.6, 0.9, 0.999], "rate", [0.01, 0.1]],
    ["rate", [0.001, 0.1], "sigma", [0.12, 1]],
    ["sigma", [0.1, 2], "dimension", [784, 150528]],
    ["dimension", [784, 150528], "pA", [0.9, 0.99]],
  ] as const)("along %s are the certified radius and Cohen's, rounded down", (along, values, of, slider) => {
    const figure = certifiedRadiusFigure({ setting, along, values, slider: { of, values: slider } });
    slider.forEach((chosen, position) => {
      const curves = curvesAt(figure, position);
      values.forEach((value, i) => {
        const exact = certifiedRadius({ ...setting, [of]: chosen, [along]: value });
        const drawn = [
          [named(curves, "certified radius, σ(x) of rate r").y[i], exact.radius],
          [named(curves, "Cohen's radius, constant σ").y[i], exact.cohen],
        ];
        for (const [shown, radius] of drawn) {
          expect(shown).toBeLessThanOrEqual(radius);
          expect(shown).toBeGreaterThan(radius * (1 - 1e-5));
        }
      });
    });
  });

  it("marks the radius where the first of the two sides reaches ½", () => {
    const curves = curvesAt(radiusConditionFigure({ ...setting, rates: [0.01, 0.1] }), 1);
    const { radius, increasing, decreasing, cohen } = certifiedRadius({ ...setting, rate: 0.1 });
    expect(named(curves, "certified radius").x[0]).toBeCloseTo(radius, 5);
    expect(crossing(named(curves, "ξ<sub>&lt;</sub>: σ grows"))).toBeCloseTo(increasing, 3);
    expect(crossing(named(curves, "ξ<sub>&gt;</sub>: σ shrinks"))).toBeCloseTo(decreasing, 3);
    expect(crossing(named(curves, "constant σ"))).toBeCloseTo(cohen, 3);
  });

  it("name certified radii rounded down", () => {
    const rates = linear(0.01, 0.2, 20);
    const ratios = rates.map((rate) => Math.exp(0.3 * rate));
    const conditions = radiusConditionFigure({ ...setting, rates });
    const shares = voteShareFigure({ ...setting, distance: 0.3, ratios });
    const [{ steps }] = conditions.layout.sliders as unknown as [{ steps: { args: [object, object] }[] }];
    rates.forEach((_, i) => {
      const texts: [number, string][] = [
        [rates[i], JSON.stringify(steps[i].args[1])],
        [rates[i], `radius ${named(curvesAt(conditions, i), "certified radius").hovertemplate}`],
        [0, `radius ${named(curvesAt(conditions, i), "Cohen's radius").hovertemplate}`],
        [Math.log(ratios[i]) / 0.3, named(curvesAt(shares, i), "certified radius, r = |ρ|").hovertemplate],
        [0, named(curvesAt(shares, i), "Cohen's radius").hovertemplate],
      ];
      for (const [rate, text] of texts) {
        const { radius } = certifiedRadius({ ...setting, rate });
        const shown = Number(/(?:radius|\|ρ\|) ([\d.]+)/.exec(text)![1]);
        expect(shown).toBeLessThanOrEqual(radius);
        expect(shown).toBeGreaterThan(radius * (1 - 1.1e-5));
      }
    });
  });

  it("have a loss near the closed form for image dimensions, but not for one dimension", () => {
    const curves = curvesAt(radiusLossFigure({ dimensions: [1, 150528], confidences: [0.9, 0.99] }), 1);
    const gap = ({ x, y }: Curve): number =>
      Math.max(...x.map((product, i) => Math.abs(y[i] * Math.sqrt(1 + 2 * product) - 1)));
    expect(gap(named(curves, "N = 150,528"))).toBeLessThan(0.01);
    expect(gap(named(curves, "N = 1"))).toBeGreaterThan(0.05);
  });

  it("have rates with the stated loss", () => {
    const curves = curvesAt(maximalRateFigure({ losses: [0.05, 0.5], sigmas: [0.25, 0.5], marks: {} }), 1);
    const { x, y } = named(curves, "loss 5 %");
    x.forEach((dimension, i) => {
      const { radius, cohen } = certifiedRadius({ dimension, sigma: 0.5, rate: y[i], pA: 0.99 });
      expect(radius / cohen).toBeCloseTo(0.95, 4);
    });
  });
});

describe("the figure of the votes", () => {
  const counted = new Map([[1.04, [{ distance: 0.3, share: 0.15 }]]]);
  const figure = voteShareFigure({ ...setting, distance: 0.3, ratios: [0.96, 1, 1.04], counted });

  it.each([0.96, 1, 1.04])("has p_A at x0 and 1 − ξ at x1, ratio %s", (ratio) => {
    const curve = named(curvesAt(figure, [0.96, 1, 1.04].indexOf(ratio)), "σ(x)");
    const xi = worstCaseProbability({
      dimension: 3072,
      sigma0: 0.25,
      sigma1: 0.25 * ratio,
      distance: 0.3,
      pA: 0.99,
    });
    expect(curve.y[0]).toBeCloseTo(0.99, 5);
    expect(valueAt(curve, 0.3)).toBeCloseTo(1 - xi, 3);
  });

  it("keeps A within the radii that hold: Cohen's for constant σ, the certified one for σ(x)", () => {
    for (const position of [0, 2]) {
      const curves = curvesAt(figure, position);
      const [cohen] = named(curves, "Cohen's radius").x;
      const [radius] = named(curves, "certified radius, r = |ρ|").x;
      expect(radius).toBeLessThan(0.3);
      expect(cohen).toBeGreaterThan(0.5);
      expect(valueAt(named(curves, "constant σ"), cohen)).toBeGreaterThan(0.5);
      expect(valueAt(named(curves, "σ(x)"), radius)).toBeGreaterThan(0.5);
      expect(valueAt(named(curves, "σ(x)"), cohen)).toBeLessThan(0.5);
    }
  });

  it("shows counted votes only at their ratio", () => {
    expect(named(curvesAt(figure, 2), "σ(x), counted").y).toEqual([0.15]);
    expect(named(curvesAt(figure, 0), "σ(x), counted").y).toEqual([]);
  });
});
