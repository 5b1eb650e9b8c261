function unavailable() {
  throw new Error(
    "danfojs-node cannot read from a web address here: request, which is abandoned, is left out",
  );
}

module.exports = unavailable;
for (const name of ["get", "head", "post", "put", "patch", "del", "defaults"])
  module.exports[name] = unavailable;
