/**
 * Makes a page about one certification run, or a page that compares several runs. Everything is in one file, for
 * sharing and printing.
 */
import { certifiedAccuracy } from "../analysis/certified-accuracy";
import { compareRecords } from "../analysis/compare-records";
import { namesOf } from "../analysis/experiment";
import { summarize } from "../analysis/summary";
import type { CertificationRecord } from "../experiments/record";
import { imageCount } from "../experiments/run-configuration";
import { accuracyDifferenceFigure } from "../figures/accuracy-difference-figure";
import { boxFigure } from "../figures/box-figure";
import { certifiedAccuracyFigure } from "../figures/certified-accuracy-figure";
import { escapeHtml } from "../files/escape-html";
import { drawnFigureHtml, htmlPage } from "./page-shell";
import { largest, mean, smallest } from "../numerics/summaries";
import { ABSTAIN } from "../smoothing/certify";
import { tableBundle, type TableOptions } from "../notebook/show-table";
import type { Figure } from "../figures/figure";
import { type NamedRecord, reachedRadii, summaryTable, TABLES } from "../export/record-parts";
import { tableFile } from "../export/table-file";
import type { TableDigits } from "../export/table-texts";
import { countText } from "../numerics/count-text";

/** The maximum number of images in the list of images that were not certified to be correct. */
const LISTED = 20;

/** The options of a report. */
export interface ReportOptions {
  /** The title of the report. Default: a title that names the records. */
  readonly title?: string;
}

/** A report, with the figures and tables on its page, by file name. */
export interface Report {
  readonly page: string;
  readonly figures: ReadonlyMap<string, Figure>;
  readonly tables: ReadonlyMap<string, { readonly rows: readonly object[]; readonly digits: TableDigits }>;
}

/**
 * Makes the page of a run or a comparison. The page shows certified accuracy as a figure and a table, paired
 * differences from the first record, results by class, the images that the smoothed classifier gets wrong or abstains
 * on, the configuration, and how to reproduce the run. The page is one file that works on its own, even offline; on
 * paper, figures are pictures.
 *
 * @param entries - the records with their names. There must be at least one record, and each record must have at
 *   least one row. All other records are compared with the first record
 * @throws RangeError if there is no record, or if a record has no rows
 */
export async function reportPage(
  entries: readonly NamedRecord[],
  options: ReportOptions = {},
): Promise<string> {
  return (await makeReport(entries, options)).page;
}

/** Makes the page of {@link reportPage}, and also returns the figures and tables that the page contains. */
export async function makeReport(
  entries: readonly NamedRecord[],
  options: ReportOptions = {},
): Promise<Report> {
  if (entries.length === 0) throw new RangeError("a report needs at least one record");
  for (const [name, { rows }] of entries) {
    if (rows.length === 0) throw new RangeError(`record ${name} has no rows`);
  }
  const names = entries.map(([name]) => name);
  const title =
    options.title ??
    (entries.length === 1 ? `Certification run ${names[0]}` : `Certification runs: ${names.join(", ")}`);
  const { parts, figures, tables } = keptParts();
  const { figure, table } = parts;
  const sections = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...entries.map(([name, record]) => `<p>${runInWords(name, record)}</p>`),
    "<h2>Certified accuracy</h2>",
    await figure("certified accuracy", certifiedAccuracyFigure(new Map(entries))),
    paragraph(
      "The share of images that are classified correctly with a certified radius of at least the one on the " +
        "horizontal axis. Every image within that l₂ distance of such an image is given the same class by the " +
        "smoothed classifier, with the confidence stated above for each image. An abstention counts as an error.",
    ),
    table("summary", summaryTable(entries), { decimals: 4 }),
    `<p class="file"><a download="report.csv" href="data:text/csv;charset=utf-8,${encodeURIComponent(reportCsv(entries))}">These tables as CSV</a></p>`,
    table("certified accuracy", accuracyRows(entries), {
      caption: "Certified accuracy at some radii",
      decimals: 3,
    }),
    ...(await comparisons(entries, parts)),
    ...(await classes(entries, parts)),
    ...entries.map(([name, record]) => mistakes(name, record, parts)),
    "<h2>Configuration</h2>",
    configurationTable(entries),
    "<h2>How to reproduce it</h2>",
    paragraph(
      "With the data and the model that have the checksums above, these commands give the same votes on every machine whose " +
        "CPU rounds the model's scores in the same way; radii follow from the votes without sampling.",
    ),
    ...entries.map(([name, { command }]) =>
      command === undefined
        ? paragraph(`${name}: made without a command line.`)
        : `<pre class="source"><code>${escapeHtml(command)}</code></pre>`,
    ),
  ];
  return { page: htmlPage(title, sections.join("\n"), "inside"), figures, tables };
}

/** Functions that put a figure or a table on the page and keep it under a name. */
interface Parts {
  figure(name: string, drawn: Figure): Promise<string>;
  table(name: string, rows: readonly object[], options: TableOptions): string;
}

/** Returns functions for the parts of a page, and the figures and tables that these functions have kept. */
function keptParts(): { parts: Parts } & Pick<Report, "figures" | "tables"> {
  const figures = new Map<string, Figure>();
  const tables = new Map<string, { rows: readonly object[]; digits: TableDigits }>();
  const parts: Parts = {
    async figure(name, drawn) {
      figures.set(fileName(name, figures), drawn);
      return drawnFigureHtml(drawn);
    },
    table(name, rows, options) {
      const { digits, decimals } = options;
      tables.set(fileName(name, tables), { rows, digits: { digits, decimals } });
      return `<div class="output html">${tableBundle(rows, options)["text/html"]}</div>`;
    },
  };
  return { parts, figures, tables };
}

/** Makes a file name that is not taken yet, from letters, digits and dots, separated by dashes. */
function fileName(name: string, taken: ReadonlyMap<string, unknown>): string {
  const plain = name.replace(/[^\p{L}\p{N}.]+/gu, "-").replace(/^[-.]+|-+$/g, "");
  let free = plain;
  for (let i = 2; taken.has(free); i++) free = `${plain}-${i}`;
  return free;
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

/**
 * Returns the tables of a report as comma-separated values, with one row per record. The columns are σ, accuracy,
 * radius, and certified accuracy at the radii of the page. Numbers are not rounded.
 */
export function reportCsv(entries: readonly NamedRecord[]): string {
  return tableFile(TABLES.accuracy(entries), ".csv");
}

/** Describes what was certified, with which classifier, and how. */
function runInWords(name: string, { configuration, rows }: CertificationRecord): string {
  const { dataset, variance, n0, n, alpha, dual, seed } = configuration;
  const { meanSigma } = summarize({ configuration, rows });
  const sigmas = rows.map(({ sigma }) => sigma);
  const range = `${decimals(smallest(sigmas))} to ${decimals(largest(sigmas))}, mean ${decimals(meanSigma)}`;
  const sigma = dual
    ? `locally constant σ(x) (${range}), chosen by a selector of σ = ${dual.selector.sigma}`
    : variance.isConstant
      ? `constant σ = ${decimals(meanSigma)}`
      : `σ(x) “${variance.name}” (${range}), semi-elastic with rate r = ${variance.rate}`;
  const planned = imageCount(configuration);
  const begin =
    `<strong>${escapeHtml(name)}</strong>: ${countText(rows.length)} of the ${countText(dataset.count)} images of ` +
    `${escapeHtml(namesOf(dataset.name).title)} (${escapeHtml(dataset.split)}), smoothed with ${escapeHtml(sigma)}. ` +
    (rows.length < planned ? `The run is unfinished: it is for ${countText(planned)} images. ` : "");
  // The logs of other programs have no seed.
  if (Number.isNaN(seed)) {
    return (
      `${begin}This is a log of another program, which does not state n0, n and α: n0 = ${countText(n0)}, ` +
      `n = ${countText(n)} and α = ${alpha} are assumed. Its radii cannot be checked, because a log has no votes.`
    );
  }
  return (
    `${begin}For each${dual ? ", in both stages" : ""}, ${countText(n0)} noisy copies chose the class and at most ${countText(n)} bounded its probability; ` +
    `each certificate is wrong with probability at most α = ${alpha}.`
  );
}

function decimals(value: number): string {
  return String(Number(value.toFixed(4)));
}

function accuracyRows(entries: readonly NamedRecord[]): object[] {
  return entries.map(([name, { rows }]) => ({
    run: name,
    ...Object.fromEntries(
      reachedRadii(entries).map((radius) => [`at ${radius}`, certifiedAccuracy(rows, radius)]),
    ),
  }));
}

/** Compares each record with the first record, if the two records are on the same images. */
async function comparisons(
  [first, ...others]: readonly NamedRecord[],
  { figure, table }: Parts,
): Promise<string[]> {
  if (others.length === 0) return [];
  const parts = ["<h2>Differences</h2>"];
  const counted = ([name, { rows: own }]: NamedRecord): string =>
    `${name} (${countText(own.length)} image${own.length === 1 ? "" : "s"})`;
  let hasIntervals = false;
  for (const [name, record] of others) {
    let rows;
    try {
      rows = compareRecords(first[1], record);
    } catch (error) {
      const both = `${counted(first)} and ${counted([name, record])}`;
      parts.push(paragraph(`${both}: ${(error as Error).message}.`));
      continue;
    }
    hasIntervals = true;
    parts.push(
      await figure(`difference ${name}`, accuracyDifferenceFigure(new Map([first, [name, record]]))),
      table(
        `difference ${name}`,
        rows.map(({ quantity, first, second, difference, low, high }) => ({
          quantity,
          first,
          second,
          "second − first": difference,
          "95 % from": low,
          to: high,
        })),
        { caption: `${first[0]} (first) and ${name} (second)`, decimals: 4 },
      ),
    );
  }
  const paired =
    "Intervals are paired, image by image: where one includes 0, the difference may be due to chance.";
  if (hasIntervals) parts.push(paragraph(paired));
  return parts;
}

/** Returns the labels that occur in the records, in ascending order. */
function labelsOf(entries: readonly NamedRecord[]): number[] {
  const labels = new Set(entries.flatMap(([, { rows }]) => rows.map(({ label }) => label)));
  return [...labels].sort((a, b) => a - b);
}

/**
 * Returns accuracy and radius by class, of runs on the same data set. A cell is null if its run has no image of the
 * class.
 */
function classRows(entries: readonly NamedRecord[], ofRun: (name: string) => string): object[] {
  const { className } = namesOf(entries[0][1].configuration.dataset.name);
  const meanOf = (values: readonly number[]): number | null => (values.length > 0 ? mean(values) : null);
  return labelsOf(entries).map((label) => ({
    class: className(label),
    ...Object.fromEntries(
      entries.flatMap(([name, { rows }]) => {
        const own = rows.filter((row) => row.label === label);
        return [
          [`accuracy${ofRun(name)}`, meanOf(own.map(({ correct }) => correct))],
          [`average radius${ofRun(name)}`, meanOf(own.map(({ correct, radius }) => correct * radius))],
        ];
      }),
    ),
  }));
}

/** Shows accuracy and radius by class, with one table for each data set. */
async function classes(entries: readonly NamedRecord[], { figure, table }: Parts): Promise<string[]> {
  const ofRun = (name: string): string => (entries.length === 1 ? "" : `, ${name}`);
  const parts = ["<h2>Classes</h2>"];
  const datasets = [...new Set(entries.map(([, { configuration }]) => configuration.dataset.name))];
  for (const dataset of datasets) {
    const own = entries.filter(([, { configuration }]) => configuration.dataset.name === dataset);
    const [name, caption] =
      datasets.length === 1 ? ["classes"] : [`classes ${dataset}`, namesOf(dataset).title];
    parts.push(table(name, classRows(own, ofRun), { caption, decimals: 3 }));
  }
  for (const entry of entries) {
    const [name, { configuration, rows }] = entry;
    const { className } = namesOf(configuration.dataset.name);
    const groups = Object.fromEntries(
      labelsOf([entry]).map((label) => [
        className(label),
        rows.filter((row) => row.label === label).map(({ radius }) => radius),
      ]),
    );
    const drawn = boxFigure(groups, {
      title: `Certified radius by class${ofRun(name)}`,
      x: "class, by mean radius",
      y: "l<sub>2</sub> radius (pixels in [0, 1])",
      isConstant: configuration.variance.isConstant,
    });
    parts.push(await figure(`radius by class ${name}`, drawn));
  }
  parts.push(
    paragraph(
      "A box holds the middle half of a class, its whiskers 90 %; the dashed line is the mean. Boxes hold the radii of " +
        "wrong predictions, too, which count as 0 in the average radius.",
    ),
  );
  return parts;
}

/** Lists the images that the smoothed classifier gets wrong, and the images at which it abstains. */
function mistakes(name: string, { configuration, rows }: CertificationRecord, { table }: Parts): string {
  const { className } = namesOf(configuration.dataset.name);
  const wrong = rows.filter(({ correct }) => correct === 0);
  if (wrong.length === 0) return paragraph(`${name}: every image is classified correctly.`);
  const shown = wrong.map(({ index, label, predicted, candidate, sigma, votes, n, pA, radius }) => ({
    image: String(index),
    label: className(label),
    answer: predicted === ABSTAIN ? "abstains" : className(predicted),
    "σ(x)": sigma,
    votes: votes.length > 0 ? `${countText(votes[candidate])} of ${countText(n)}` : "not known",
    p_A: Number.isNaN(pA) ? "not known" : pA,
    "certified radius": radius,
  }));
  return table(`mistakes ${name}`, shown, {
    caption: `Wrong or abstained, ${name}`,
    maxRows: LISTED,
    decimals: 4,
  });
}

/** Shows the configurations side by side, and highlights the rows in which they differ. */
function configurationTable(entries: readonly NamedRecord[]): string {
  const columns = entries.map(([, { configuration }]) => new Map(flattened(configuration)));
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const head = entries.map(([name]) => `<th>${escapeHtml(name)}</th>`).join("");
  const body = keys.map((key) => {
    const values = columns.map((column) => column.get(key) ?? "");
    const differs = new Set(values).size > 1 ? ' class="differs"' : "";
    const cells = values.map((value) => `<td><code>${escapeHtml(value)}</code></td>`).join("");
    return `<tr${differs}><td>${escapeHtml(key)}</td>${cells}</tr>`;
  });
  return `<div class="output html"><table class="configuration"><thead><tr><th></th>${head}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table></div>`;
}

/** Lists the entries of nested plain objects, by path. */
function flattened(value: object, path: string = ""): [string, string][] {
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]): [string, string][] =>
    typeof entry === "object" && entry !== null
      ? flattened(entry, `${path}${key} › `)
      : [[path + key, Number.isNaN(entry) ? "not known" : String(entry)]],
  );
}
