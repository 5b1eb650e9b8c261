// Draws the picture of the README from the committed records: node docs/make-figures.js (after npm run build).
const { join } = require("node:path");
const { save } = require("idrs");
const { cifar10Figure, cifar10Result } = require("../dist/pages/cifar10-result.js");

async function main() {
  const figure = cifar10Figure(await cifar10Result());
  const size = { width: 5.07, height: 2.93, title: true };
  await save(join(__dirname, "certified-accuracy.png"), figure, size);
}

main();
