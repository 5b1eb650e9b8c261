import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { certifiedRadius, type CertifiedRadiusOptions } from "../../src/certificates/certified-radius";
import { probabilityDown } from "../../src/numerics/rounded-down";
import { frontPage } from "../../src/pages/front-page";
import { indexPage } from "../../src/pages/html-page";
import { clopperPearsonLower } from "../../src/probability/binomial";
import { openBrowser } from "./browser";

/** Pictures of the page, to look at. */
const PICTURES = join(__dirname, "../../out/pictures");

let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "idrs-calculator-"));
  await writeFile(join(folder, "index.html"), indexPage([], await frontPage()));
  await mkdir(PICTURES, { recursive: true });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

async function open(
  width: number = 1280,
  colorScheme: "light" | "dark" = "light",
): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext({
    offline: true,
    colorScheme,
    viewport: { width, height: 1000 },
  });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => asked.push(String(error)));
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  await page.waitForSelector(".figure .js-plotly-plot .main-svg");
  return { page, asked };
}

type Fields = Readonly<Record<string, string>>;

/** What the page shows for each setting: the bits of its numbers, their texts, and the line about wrong input. */
function computed(
  page: Page,
  settings: readonly Fields[],
): Promise<{ bits: Record<string, string>; texts: string[]; wrong: string; curves: number }[]> {
  return page.evaluate((all) => {
    const form = document.getElementById("calculator") as HTMLFormElement;
    return all.map((fields) => {
      for (const [name, value] of Object.entries(fields)) {
        (form.elements.namedItem(name) as HTMLInputElement | RadioNodeList).value = value;
      }
      form.dispatchEvent(new Event("input"));
      const outputs = [...form.querySelectorAll("output")];
      const bitsOf = (value: number): string =>
        new BigUint64Array(Float64Array.of(value).buffer)[0].toString(16).padStart(16, "0");
      return {
        bits: Object.fromEntries(
          outputs.map(({ name, title }) => [name, title && bitsOf(Number(title))]),
        ) as Record<string, string>,
        texts: outputs.map(({ textContent }) => textContent ?? ""),
        wrong: form.querySelector<HTMLElement>(".wrong")!.innerText,
        curves: form.querySelectorAll("svg .curve").length,
      };
    });
  }, settings);
}

function bitsOf(value: number): string {
  return new BigUint64Array(Float64Array.of(value).buffer)[0].toString(16).padStart(16, "0");
}

function valueOf(bits: string): number {
  return new Float64Array(BigUint64Array.of(BigInt(`0x${bits}`)).buffer)[0];
}

interface Setting {
  readonly fields: Fields;
  readonly options: CertifiedRadiusOptions;
}

/** Settings of all sizes, with p_A from a field or from votes. */
function settings(): Setting[] {
  const probabilities = [0, 0.3, 0.5, 0.5000001, 0.6, 0.9, 0.99, 0.999, 0.9999999, 1 - 1e-12, 1];
  const votes = [
    [0, 10, 0.001],
    [51, 100, 0.05],
    [100, 100, 0.001],
    [9950, 10_000, 0.001],
    [99_999, 100_000, 1e-12],
    [6_000_000, 10_000_000, 0.7],
  ];
  const all: Setting[] = [];
  for (const dimension of [1, 784, 3072, 150_528, 1e7]) {
    for (const sigma of [0.01, 0.5, 5]) {
      for (const rate of [0, 1e-9, 0.01, 0.2]) {
        const common = { dimension: String(dimension), sigma: String(sigma), rate: String(rate) };
        for (const pA of probabilities) {
          const fields = { ...common, from: "pA", pA: String(pA) };
          all.push({ fields, options: { dimension, sigma, rate, pA: probabilityDown(fields.pA) } });
        }
        const [successes, n, alpha] = votes[all.length % votes.length];
        const fields = { votes: String(successes), n: String(n), alpha: String(alpha) };
        const pA = clopperPearsonLower(successes, n, alpha);
        all.push({
          fields: { ...common, ...fields, from: "votes" },
          options: { dimension, sigma, rate, pA },
        });
      }
    }
  }
  return all;
}

/** The outputs as Node.js computes them. */
function inNode({ options }: Setting): Record<string, number | undefined> {
  const { radius, increasing, decreasing, cohen } = certifiedRadius(options);
  const loss = cohen > 0 && cohen < Infinity ? 1 - radius / cohen : undefined;
  return { radius, increasing, decreasing, cohen, loss, bound: options.pA };
}

/** The functions whose last bit engines choose differently: V8 itself has changed it from version to version. */
const ELEMENTARY = ["exp", "expm1", "log", "log1p", "tanh", "atan", "sin", "cos"] as const;

/** What a program makes of these functions: arguments and finite values for each, as Node.js has them, in JSON. */
function elementaryValues(program: () => void): string {
  const tables = new Map(ELEMENTARY.map((name) => [name, new Map<number, number>()]));
  const own = Object.fromEntries(ELEMENTARY.map((name) => [name, Math[name]]));
  for (const [name, table] of tables) {
    Math[name] = (x: number): number => {
      const value = own[name](x);
      table.set(x, value);
      return value;
    };
  }
  try {
    program();
  } finally {
    Object.assign(Math, own);
  }
  const finite = (table: Map<number, number>): number[][] =>
    [...table].filter((entry) => entry.every(Number.isFinite));
  return JSON.stringify(Object.fromEntries([...tables].map(([name, table]) => [name, finite(table)])));
}

it("its numbers equal those of Node.js bit for bit if exp and log do", async () => {
  const { page, asked } = await open();
  const all = settings();
  expect(all.length).toBeGreaterThan(700);
  const values = elementaryValues(() =>
    all.forEach(({ fields: { votes, n, alpha, from }, ...rest }) => {
      inNode({ fields: {}, ...rest });
      if (from === "votes") clopperPearsonLower(Number(votes), Number(n), Number(alpha));
    }),
  );
  await page.evaluate((json) => {
    const functions = Math as unknown as Record<string, (x: number) => number>;
    for (const [name, entries] of Object.entries(JSON.parse(json) as Record<string, [number, number][]>)) {
      const table = new Map(entries);
      const own = functions[name];
      functions[name] = (x) => table.get(x) ?? own(x);
    }
  }, values);
  const shown = await computed(
    page,
    all.map(({ fields }) => fields),
  );
  for (const [i, setting] of all.entries()) {
    const expected = inNode(setting);
    expect(shown[i].bits, JSON.stringify(setting.fields)).toEqual(
      Object.fromEntries(
        Object.entries(expected).map(([name, value]) => [name, value === undefined ? "" : bitsOf(value)]),
      ),
    );
    const { radius = 0, cohen = 0 } = expected;
    expect(shown[i].curves).toBe(cohen > 0 && cohen < Infinity ? 3 : 0);
    // What is read is no more than what is certified.
    const read = Number(shown[i].texts[0].replace("∞", "Infinity"));
    expect(read).toBeLessThanOrEqual(radius);
    expect(read).toBeGreaterThanOrEqual(radius * (1 - 2e-5));
  }
  expect(asked).toEqual([pathToFileURL(join(folder, "index.html")).href]);
  await page.context().close();
});

it("with the browser's own functions, they differ by far less than the rounding of radii", async () => {
  const { page } = await open();
  const all = settings();
  const shown = await computed(
    page,
    all.map(({ fields }) => fields),
  );
  for (const [i, setting] of all.entries()) {
    const { radius = 0 } = inNode(setting);
    const here = valueOf(shown[i].bits.radius);
    if (here !== radius) expect(Math.abs(here / radius - 1)).toBeLessThan(1e-10);
  }
  await page.context().close();
});

it("wrong input shows one line that names it, and no number", async () => {
  const { page } = await open(420);
  const good = { dimension: "3072", sigma: "0.5", rate: "0.01", from: "pA", pA: "0.99" };
  const counted = { ...good, from: "votes", votes: "95", n: "100", alpha: "0.001" };
  const cases: [Fields, string][] = [
    [{ ...good, dimension: "" }, "N is missing"],
    [{ ...good, dimension: "0" }, "N must be an integer of at least 1, got 0"],
    [{ ...good, dimension: "3072.5" }, "N must be an integer of at least 1, got 3072.5"],
    [{ ...good, sigma: "half" }, 'σ must be a number, got "half"'],
    [{ ...good, sigma: "-0.5" }, "σ must be a positive number, got -0.5"],
    [{ ...good, rate: "-1" }, "r must be a number of at least 0, got -1"],
    [{ ...good, rate: "0,01" }, 'r must be a number, got "0,01"'],
    [{ ...good, pA: "1.01" }, "p_A must be a probability in [0, 1], got 1.01"],
    [
      { ...good, pA: "0.99999999999999999" },
      'p_A rounds to 1 in double precision, got "0.99999999999999999"',
    ],
    [{ ...counted, n: "1e10" }, "n must be an integer from 1 to 1000000000, got 10000000000"],
    [{ ...counted, votes: "101" }, "n_A must be an integer from 0 to 100, got 101"],
    [{ ...counted, alpha: "0" }, "α must be a number between 0 and 1, got 0"],
  ];
  const shown = await computed(
    page,
    cases.map(([fields]) => fields),
  );
  for (const [i, [fields, wrong]] of cases.entries()) {
    expect(shown[i].wrong, JSON.stringify(fields)).toBe(wrong);
    expect(shown[i].texts).toEqual(["–", "–", "–", "–", "–", "–"]);
    expect(shown[i].curves).toBe(0);
  }
  await page.screenshot({ path: join(PICTURES, "calculator-wrong-420.png"), fullPage: true });
  const [abstains] = await computed(page, [{ ...good, pA: "0.4" }]);
  expect(abstains.wrong).toContain("nothing is certified");
  expect(abstains.texts[0]).toBe("0");
  await page.context().close();
});

it("fits wide and narrow screens, light and dark themes, and print", async () => {
  for (const [width, scheme] of [
    [1280, "light"],
    [1280, "dark"],
    [420, "light"],
    [420, "dark"],
  ] as const) {
    const { page } = await open(width, scheme);
    await page.check('input[value="votes"]');
    expect(await page.locator('input[name="votes"]').isVisible()).toBe(true);
    expect(await page.locator('input[name="pA"]').isVisible()).toBe(false);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await page.screenshot({ path: join(PICTURES, `index-${width}-${scheme}.png`), fullPage: true });
    if (width === 1280 && scheme === "light")
      await page.pdf({ path: join(PICTURES, "index.pdf"), format: "A4" });
    await page.context().close();
  }
});
