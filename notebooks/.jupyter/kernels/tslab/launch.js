/**
 * Starts the tslab kernel, for Jupyter and for `idrs notebooks` alike, with its faults mended: what goes wrong between
 * its sockets and their clients here, the rest in the modules beside this one.
 *
 * node launch.js CONNECTION_FILE
 *
 * Where JPY_PARENT_PID names the process that has started the kernel, as Jupyter and `idrs notebooks` do, the kernel
 * ends with that process.
 */
const { createRequire } = require("node:module");
const { withCells } = require("./cells");
const { endWithParent } = require("./end-with-parent");
const { offerThisPackage } = require("./this-package");
const { typescriptForCells } = require("./typescript-for-cells");

const tslab = require.resolve("tslab/dist/main.js");
const requireOfTslab = createRequire(tslab);
const [connectionFile] = process.argv.slice(2);

const { Publisher, Reply, Router, Socket } = requireOfTslab("zeromq");
function redefine(prototype, name, value) {
  Object.defineProperty(prototype, name, { value, configurable: true });
}

// tslab may read from a socket while it is still being bound, and then hangs: they are bound at once.
for (const { prototype } of [Publisher, Reply, Router]) {
  redefine(prototype, "bind", async function (address) {
    // No limit to the messages that wait for a slow reader. Once and before anyone connects: setting an option of a
    // socket while clients come and go ends the process in a segmentation fault.
    if (this instanceof Publisher) this.sendHighWaterMark = 0;
    this.bindSync(address);
  });
}

// Of what a cell prints at one go, tslab loses all beyond some five hundred messages, because it does not wait for one
// to be sent before the next.
const { send } = Socket.prototype;
let sent = Promise.resolve();
redefine(Publisher.prototype, "send", function (message) {
  sent = sent.then(() => send.call(this, message));
  return sent;
});

// The TypeScript of tslab takes nothing in exchange for its own functions, so another module takes its place.
const typescript = requireOfTslab.resolve("@tslab/typescript-for-tslab");
const ts = typescriptForCells(offerThisPackage(require(typescript)));
require.cache[typescript].exports = ts;
withCells(requireOfTslab, ts);

if (process.env.JPY_PARENT_PID) endWithParent(Number(process.env.JPY_PARENT_PID));
require(tslab).startKernel({ configPath: connectionFile, enableFindLocal: false });
