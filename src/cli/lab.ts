import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { Command } from "commander";

/** The folder of the package, with its notebooks. */
const PROJECT = join(__dirname, "../..");

/** The notebook that is opened. */
const FIRST = join("notebooks", "01-quickstart.ipynb");

const NO_JUPYTER =
  `Jupyter is not here. Get it by "pip install jupyterlab plotly" (or "apt install jupyter-notebook"), ` +
  `then give this command again; to read the notebooks without it: "npm start"`;

export function labCommand(): Command {
  return new Command("lab")
    .description(
      "open the notebooks in JupyterLab, or in the classic Jupyter Notebook, with the tslab kernel",
    )
    .argument("[arguments...]", "passed on to Jupyter, after --: --no-browser, say")
    .option("--notebook <file>", "the notebook to open", FIRST)
    .option("--classic", "the classic Notebook, also where JupyterLab is present")
    .action(openLab);
}

interface Options {
  readonly notebook: string;
  readonly classic?: boolean;
}

async function openLab(args: string[], { notebook, classic }: Options): Promise<void> {
  const program = (classic ? ["notebook"] : ["lab", "notebook"]).find((name) => isInstalled(name));
  if (!program) throw new Error(NO_JUPYTER);
  // The whole project is served, so that links from the notebooks to the code lead somewhere.
  const jupyter = spawn(
    "jupyter",
    [program, resolve(PROJECT, notebook), `--notebook-dir=${PROJECT}`, ...args],
    {
      cwd: PROJECT,
      env: { ...process.env, ...jupyterPaths() },
      stdio: "inherit",
    },
  );
  // Jupyter asks before it ends on Ctrl-C; it must not lose its terminal meanwhile.
  process.on("SIGINT", () => {}).on("SIGTERM", () => jupyter.kill("SIGTERM"));
  await new Promise<void>((done, reject) => {
    jupyter.once("error", reject);
    jupyter.once("close", (code) => {
      if (code) process.exitCode = code;
      done();
    });
  });
}

function isInstalled(name: string): boolean {
  return spawnSync("jupyter", [name, "--version"], { stdio: "ignore" }).status === 0;
}

/**
 * Where Jupyter finds the kernel, and the extension by which its classic Notebook draws figures, without anything
 * being installed into it. Plotly is put where that extension looks for it.
 */
function jupyterPaths(): NodeJS.ProcessEnv {
  const own = join(PROJECT, "notebooks", ".jupyter");
  const made = join(PROJECT, "out", "jupyter");
  const extension = join(made, "nbextensions", "idrs");
  mkdirSync(extension, { recursive: true });
  copyFileSync(require.resolve("plotly.js-dist"), join(extension, "plotly.js"));
  const joined = (...paths: (string | undefined)[]): string => paths.filter(Boolean).join(delimiter);
  return {
    JUPYTER_PATH: joined(own, made, process.env.JUPYTER_PATH),
    JUPYTER_CONFIG_PATH: joined(own, process.env.JUPYTER_CONFIG_PATH),
  };
}
