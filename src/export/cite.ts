import type { CertificationRecord } from "../experiments/record";
import type { RunConfiguration } from "../experiments/run-configuration";
import { version } from "../files/version";
import { fixedPlan } from "../sampling/sampling-plan";

/** The BibTeX entries, by their keys. */
const ENTRIES: Readonly<Record<string, string>> = {
  sukenik2022intriguing: `@inproceedings{sukenik2022intriguing,
  author    = {S{\\'u}ken{\\'i}k, Peter and Kuvshinov, Aleksei and G{\\"u}nnemann, Stephan},
  title     = {Intriguing Properties of Input-dependent Randomized Smoothing},
  booktitle = {Proceedings of the 39th International Conference on Machine Learning},
  series    = {Proceedings of Machine Learning Research},
  volume    = {162},
  pages     = {20697--20743},
  year      = {2022}
}`,
  cohen2019certified: `@inproceedings{cohen2019certified,
  author    = {Cohen, Jeremy M. and Rosenfeld, Elan and Kolter, J. Zico},
  title     = {Certified Adversarial Robustness via Randomized Smoothing},
  booktitle = {Proceedings of the 36th International Conference on Machine Learning},
  series    = {Proceedings of Machine Learning Research},
  volume    = {97},
  pages     = {1310--1320},
  year      = {2019}
}`,
  voracek2023sound: `@inproceedings{voracek2023sound,
  author    = {Vor{\\'a}{\\v{c}}ek, V{\\'a}clav and Hein, Matthias},
  title     = {Sound Randomized Smoothing in Floating-Point Arithmetic},
  booktitle = {International Conference on Learning Representations},
  year      = {2023}
}`,
  voracek2024treatment: `@inproceedings{voracek2024treatment,
  author    = {Vor{\\'a}{\\v{c}}ek, V{\\'a}clav},
  title     = {Treatment of Statistical Estimation Problems in Randomized Smoothing for Adversarial Robustness},
  booktitle = {Advances in Neural Information Processing Systems},
  volume    = {37},
  pages     = {133464--133486},
  year      = {2024}
}`,
  sun2026dual: `@inproceedings{sun2026dual,
  author    = {Sun, Chenhao and Mao, Yuhao and Vechev, Martin},
  title     = {Dual Randomized Smoothing: Beyond Global Noise Variance},
  booktitle = {International Conference on Learning Representations},
  year      = {2026},
  note      = {arXiv:2512.01782}
}`,
  lecun1998gradient: `@article{lecun1998gradient,
  author  = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  title   = {Gradient-based Learning Applied to Document Recognition},
  journal = {Proceedings of the IEEE},
  volume  = {86},
  number  = {11},
  pages   = {2278--2324},
  year    = {1998}
}`,
  krizhevsky2009learning: `@techreport{krizhevsky2009learning,
  author      = {Krizhevsky, Alex},
  title       = {Learning Multiple Layers of Features from Tiny Images},
  institution = {University of Toronto},
  year        = {2009}
}`,
  xiao2017fashion: `@misc{xiao2017fashion,
  author = {Xiao, Han and Rasul, Kashif and Vollgraf, Roland},
  title  = {{Fashion-MNIST}: a Novel Image Dataset for Benchmarking Machine Learning Algorithms},
  note   = {arXiv:1708.07747},
  year   = {2017}
}`,
};

/** The BibTeX key of each data set, by the name of the data set in this package. */
const DATASETS: Readonly<Record<string, string>> = {
  mnist: "lecun1998gradient",
  cifar10: "krizhevsky2009learning",
  cifar100: "krizhevsky2009learning",
  "fashion-mnist": "xiao2017fashion",
};

/**
 * Makes BibTeX entries for everything that certification runs use: the paper, Cohen et al., exact sampling,
 * the data sets of the records, confidence sequences and dual randomized smoothing (where a run uses them), and this
 * package. Comments name base classifiers and other data, with their checksums.
 *
 * @example
 * const entries = cite(await readRecord("records/mnist-0.5-mean"));
 * entries.includes("lecun1998gradient"); // true
 */
export function cite(...records: readonly CertificationRecord[]): string {
  const keys = ["sukenik2022intriguing", "cohen2019certified"];
  const comments: string[] = [];
  // Another program's log was not produced by this package, and the noise of the log was drawn in floating
  // point.
  const own = records.filter(({ configuration }) => !Number.isNaN(configuration.seed));
  if (records.length === 0 || own.length > 0) keys.push("voracek2023sound");
  const usesSequence = ({ bound, sampling }: RunConfiguration): boolean =>
    bound === "confidence-sequence" || sampling.name !== fixedPlan.name;
  if (own.some(({ configuration }) => usesSequence(configuration))) keys.push("voracek2024treatment");
  if (own.some(({ configuration }) => configuration.dual)) keys.push("sun2026dual");
  for (const { configuration, command } of records) {
    const { dataset, model, dual } = configuration;
    if (Object.hasOwn(DATASETS, dataset.name)) keys.push(DATASETS[dataset.name]);
    else comments.push(`data set ${dataset.name}: ${pairs(dataset.checksums)}`);
    if (own.some((record) => record.configuration === configuration)) {
      comments.push(...(dual ? [dual.selector, ...dual.experts] : [{ model }]).map(baseClassifier));
    } else comments.push(`${command ?? "a log of another program"}: cite its publication`);
  }
  const versions = [...new Set(own.map(({ configuration }) => configuration.version))];
  // BibTeX's standard styles know no @software.
  const software = `@misc{idrs,
  author = {{The idrs authors}},
  title  = {idrs: Input-dependent Randomized Smoothing, Certified Exactly},
  note   = {Version ${versions.length > 0 ? versions.join(", ") : version}},
  year   = {2026}
}`;
  return [
    // BibTeX would read an entry after an @, even here.
    ...[...new Set(comments)].map((comment) => `% ${comment.replace(/\s+/g, " ").replaceAll("@", "(at)")}`),
    ...[...new Set(keys)].map((key) => ENTRIES[key]),
    software,
  ].join("\n\n");
}

function baseClassifier({ model }: Pick<RunConfiguration, "model">): string {
  return `base classifier: ${pairs(model)}`;
}

function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
}
