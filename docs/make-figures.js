// Draws the picture of the README from the committed records: node docs/make-figures.js (after npm run build).
const { join } = require("node:path");
const { certifiedAccuracyFigure, COHEN_CIFAR10, COLORS, readRecord, save } = require("idrs");

async function main() {
  const read = (name) => readRecord(join(__dirname, "..", "records", `cifar10-${name}`));
  const records = {};
  const published = {};
  for (const theirs of COHEN_CIFAR10) {
    const constant = `constant σ, ${theirs.sigma}`;
    records[constant] = await read(`${theirs.sigma}-mean`);
    records[`σ(x), ${theirs.sigma}`] = await read(`${theirs.sigma}-r0.01`);
    published[constant] = theirs;
  }
  const figure = certifiedAccuracyFigure(records, { published, title: "Certified accuracy on CIFAR-10" });
  // Three pairs in the colors of one, and one line of the legend for each kind.
  const kinds = [
    { name: "constant σ", color: COLORS.constant },
    { name: "ResNet-110 (Cohen et al.)", color: COLORS.constant },
    { name: "σ(x), r = 0.01", color: COLORS.inputDependent },
  ];
  figure.data.forEach((trace, i) => {
    const { name, color } = kinds[i % kinds.length];
    Object.assign(trace, { name, showlegend: i < kinds.length });
    Object.assign(trace.mode === "markers" ? trace.marker : trace.line, { color });
  });
  const size = { width: 5.07, height: 2.93, title: true };
  await save(join(__dirname, "certified-accuracy.png"), figure, size);
}

main();
