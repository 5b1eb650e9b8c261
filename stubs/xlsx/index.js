function unavailable() {
  throw new Error(
    "danfojs-node cannot read or write Excel files here: xlsx, with known vulnerabilities, is left out",
  );
}

for (const name of ["read", "readFile", "write", "writeFile"]) exports[name] = unavailable;
exports.utils = {};
for (const name of ["aoa_to_sheet", "book_append_sheet", "book_new", "json_to_sheet", "sheet_to_json"]) {
  exports.utils[name] = unavailable;
}
