const { Worker } = require("node:worker_threads");

/**
 * Ends this process, by force, when the one that has started it is gone, however that ended: nobody can speak to the
 * kernel any more. A thread of its own looks, since a cell may keep the main one busy for ever.
 */
exports.endWithParent = function (parent) {
  new Worker(`(${watch})(${parent}, ${process.ppid === parent})`, { eval: true }).unref();
};

function watch(parent, isChild) {
  const isGone = () => {
    // An orphan is given another parent; only Windows does not tell.
    if (isChild && process.ppid !== parent) return true;
    try {
      process.kill(parent, 0);
      return false;
    } catch (error) {
      return error.code === "ESRCH";
    }
  };
  setInterval(() => {
    if (isGone()) process.kill(process.pid, "SIGKILL");
  }, 300);
}
