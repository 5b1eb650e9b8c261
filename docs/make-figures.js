// Draws the pictures of the README from the committed records: node docs/make-figures.js (after npm run build).
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { certifiedAccuracyFigure, figureToPng, readRecord, summarize } = require("idrs");

async function main() {
  const records = join(__dirname, "..", "records");
  const constant = await readRecord(join(records, "mnist-0.5-mean"));
  const inputDependent = await readRecord(join(records, "mnist-0.5-r0.01"));
  const figure = certifiedAccuracyFigure({
    [`constant σ = ${summarize(constant).meanSigma.toFixed(4)}`]: constant,
    [`σ(x), r = ${inputDependent.configuration.variance.rate}`]: inputDependent,
  });
  figure.layout.title.text = "Certified accuracy on MNIST, 500 test images";
  writeFileSync(join(__dirname, "certified-accuracy.png"), await figureToPng(figure));
}

main();
