import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The rooms of src/ and the rooms that each may import from: the table of docs/architecture.md, as a test compares. */
export const ROOMS = {
  numerics: [],
  files: [],
  probability: ["numerics"],
  certificates: ["numerics", "probability"],
  calculator: ["numerics", "probability", "certificates"],
  noise: ["numerics", "files", "probability"],
  datasets: ["numerics", "files"],
  onnx: ["files"],
  variance: ["numerics", "files", "noise", "datasets", "onnx"],
  classifiers: ["numerics", "files", "noise", "datasets", "onnx"],
  training: ["numerics", "files", "probability", "noise", "datasets", "onnx", "variance", "classifiers"],
  sampling: ["numerics", "probability", "noise", "classifiers"],
  smoothing: ["numerics", "probability", "certificates", "noise", "variance", "classifiers", "sampling"],
  experiments: ["numerics", "files", "noise", "datasets", "variance", "classifiers", "sampling", "smoothing"],
  analysis: ["numerics", "files", "probability", "certificates", "datasets", "smoothing", "experiments"],
  toy: ["numerics", "probability", "certificates", "variance"],
  figures: ["numerics", "probability", "certificates", "experiments", "analysis", "toy"],
  export: ["numerics", "files", "sampling", "experiments", "analysis", "figures"],
  kernel: ["files"],
  notebook: ["numerics", "files", "datasets", "smoothing", "experiments", "figures", "export", "kernel"],
  front: ["numerics", "datasets", "variance", "classifiers", "smoothing", "experiments", "notebook"],
  pages: [
    "numerics",
    "files",
    "calculator",
    "smoothing",
    "experiments",
    "analysis",
    "figures",
    "export",
    "kernel",
    "notebook",
  ],
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
  // The engine is made of promises: none is left alone, none is taken for its value.
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
    },
  },
  // A function that is longer says why where it begins. The figures are lists of marks.
  {
    files: ["src/**/*.ts", "bench/**/*.ts"],
    rules: {
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
    },
  },
  ...roomRules,
  {
    files: ["notebooks/.jupyter/nbextensions/**"],
    languageOptions: { globals: { define: "readonly", window: "readonly", structuredClone: "readonly" } },
  },
  {
    files: ["examples/**"],
    languageOptions: { globals: { console: "readonly", process: "readonly" } },
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
        setInterval: "readonly",
      },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
