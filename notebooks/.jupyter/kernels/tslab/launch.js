/**
 * Starts the tslab kernel, for Jupyter and for `idrs notebooks` alike, with three of its faults mended:
 * it may read from its sockets while they are still being bound, and then hangs; of what a cell prints at one go
 * it loses everything beyond some five hundred messages, because it does not wait for one to be sent before the next;
 * and it breaks when files that it has read change, as they do when the package is built again. (What has changed is
 * known to a kernel that is started anew.)
 *
 * node launch.js CONNECTION_FILE [--end-with-stdin]
 *
 * With --end-with-stdin the kernel ends when its standard input is closed, so that it cannot outlive its parent.
 */
const { createRequire } = require("node:module");

const { withNamesOfEarlierCells } = require("./names-of-earlier-cells");

const tslab = require.resolve("tslab/dist/main.js");
const { Publisher, Reply, Router, Socket } = createRequire(tslab)("zeromq");
const [connectionFile, endWithStdin] = process.argv.slice(2);

function redefine(prototype, name, value) {
  Object.defineProperty(prototype, name, { value, configurable: true });
}

for (const { prototype } of [Publisher, Reply, Router]) {
  redefine(prototype, "bind", async function (address) {
    // No limit to the messages that wait for a slow reader. Once and before anyone connects: setting an option of a
    // socket while clients come and go ends the process in a segmentation fault.
    if (this instanceof Publisher) this.sendHighWaterMark = 0;
    this.bindSync(address);
  });
}

const typescript = createRequire(tslab).resolve("@tslab/typescript-for-tslab");
const ts = require(typescript);
ts.sys.watchFile = ts.sys.watchDirectory = () => ({ close() {} });
require.cache[typescript].exports = withNamesOfEarlierCells(ts);

const { send } = Socket.prototype;
let sent = Promise.resolve();
redefine(Publisher.prototype, "send", function (message) {
  sent = sent.then(() => send.call(this, message));
  return sent;
});

if (endWithStdin) process.stdin.resume().on("end", () => process.exit());
require(tslab).startKernel({ configPath: connectionFile, enableFindLocal: false });
