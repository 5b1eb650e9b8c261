import { describe, expect, it } from "vitest";
import { COLORS, ON_DARK, ON_WHITE } from "../../src/figures/colors";
import { fitted, wrapped } from "../../src/figures/fit";
import { themed } from "../../src/figures/theme";
import { curve } from "../../src/figures/marks";
import { countText } from "../../src/numerics/count-text";

/** Contrast of two colors by the Web Content Accessibility Guidelines. */
function contrast(one: string, other: string): number {
  const luminance = (color: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const value = parseInt(color.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe("the colors of figures", () => {
  const all = [...new Set(Object.values(COLORS).flat())];

  it.each(all)("%s: contrast of 4.5 on a dark background, and of 3 on white", (color) => {
    const key = color.toLowerCase();
    expect(contrast(ON_DARK[key] ?? key, ON_DARK["#ffffff"])).toBeGreaterThan(4.5);
    expect(contrast(ON_WHITE[key] ?? key, "#ffffff")).toBeGreaterThan(3);
  });
});

describe("the frame of figures", () => {
  const names = ["one", "two", "three", "a name that is rather long"];
  const figure = themed(
    names.map((name) => curve(name, [0, 1], [0, 1], { color: COLORS.reference })),
    { title: "A title of more words than a narrow page has room for, p<sub>A</sub> = 0.99", x: "x", y: "y" },
  );

  it("has room for title and legend, and more if it is narrow", () => {
    const [wide, narrow] = [figure, fitted(figure, 420)].map(({ layout }) => layout?.margin?.t ?? 0);
    expect(wide).toBeGreaterThan(24 + 22 + 19);
    expect(narrow).toBeGreaterThanOrEqual(wide + 22 + 3 * 19 - 19);
    expect(fitted(figure, 760).layout?.margin).toEqual(figure.layout.margin);
  });

  it("breaks titles between words, not inside tags and not at an equals sign", () => {
    const { title } = fitted(figure, 420).layout ?? {};
    const lines = (typeof title === "object" ? (title.text ?? "") : "").split("<br>");
    expect(lines.length).toBe(2);
    expect(lines.join(" ")).toBe((figure.layout.title as { text: string }).text);
    expect(wrapped("a = 1 b = 2", 5)).toBe("a = 1<br>b = 2");
    expect(wrapped('<span class="x y">a</span> b', 1)).toBe('<span class="x y">a</span><br>b');
  });

  it("leaves other figures unchanged", () => {
    const own = { data: [], layout: { title: { text: "A title that is long enough to be broken in two" } } };
    expect(fitted(own, 200)).toBe(own);
  });

  it("writes whole numbers with commas from 10,000 on", () => {
    expect([784, 3072, 150_528].map(countText)).toEqual(["784", "3072", "150,528"]);
  });
});
