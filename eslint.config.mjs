import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The rooms of src/ and the rooms that each may import from: the table of docs/architecture.md. */
const ROOMS = {
  probability: [],
  certificates: ["probability"],
  datasets: ["probability"],
  onnx: [],
  classifiers: ["probability", "datasets", "onnx"],
  variance: ["probability", "datasets", "onnx"],
  smoothing: ["probability", "certificates", "datasets", "classifiers", "variance"],
  experiments: ["probability", "datasets", "classifiers", "variance", "smoothing"],
  analysis: ["probability", "experiments"],
  figures: ["probability", "certificates", "datasets", "variance", "smoothing", "experiments", "analysis"],
  notebook: ["probability", "datasets", "experiments", "analysis", "figures"],
};

const roomRules = Object.entries(ROOMS).map(([room, mayUse]) => ({
  files: [`src/${room}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [...Object.keys(ROOMS), "cli"]
          .filter((other) => other !== room && !mayUse.includes(other))
          .map((other) => ({ group: [`../${other}/*`], message: `${room} does not use ${other}.` })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["dist/", "out/", "node_modules/", "data/"] },
  js.configs.recommended,
  tseslint.configs.recommended,
  { rules: { "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }] } },
  ...roomRules,
  {
    files: ["notebooks/.jupyter/nbextensions/**"],
    languageOptions: { globals: { define: "readonly", window: "readonly", structuredClone: "readonly" } },
  },
  {
    files: ["**/*.js", "**/*.cjs"],
    languageOptions: {
      sourceType: "commonjs",
      globals: {
        __dirname: "readonly",
        require: "readonly",
        process: "readonly",
        module: "readonly",
        console: "readonly",
      },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
