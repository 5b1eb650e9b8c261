import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { Command } from "commander";
import { packageFile } from "../files/package-file";
import { makeFolder } from "../files/make-folder";

/** The notebook that is opened by default, if the folder contains this notebook. */
const FIRST = join("notebooks", "01-quickstart.ipynb");

const NO_JUPYTER =
  `Jupyter is not installed. Install it with "pip install jupyterlab plotly" (or "apt install jupyter-notebook"), ` +
  `then run this command again; "npm start" shows the notebooks without Jupyter`;

export function labCommand(): Command {
  return new Command("lab")
    .description(
      "open this folder in JupyterLab, or in the classic Jupyter Notebook, with the kernel TypeScript (idrs)",
    )
    .argument("[arguments...]", "arguments for Jupyter, after --, such as --no-browser")
    .option("--notebook <file>", "notebook to open")
    .option("--classic", "open the classic Notebook even if JupyterLab is installed")
    .action(openLab);
}

interface Options {
  readonly notebook?: string;
  readonly classic?: boolean;
}

async function openLab(args: string[], { notebook, classic }: Options): Promise<void> {
  if (notebook !== undefined && !existsSync(notebook)) throw new Error(`no such notebook: ${notebook}`);
  const program = (classic ? ["notebook"] : ["lab", "notebook"]).find((name) => isInstalled(name));
  if (!program) throw new Error(NO_JUPYTER);
  const folder = process.cwd();
  const opened = notebook ?? (existsSync(FIRST) ? FIRST : undefined);
  const made = await mkdtemp(join(tmpdir(), "idrs-lab-"));
  try {
    const jupyter = spawn(
      "jupyter",
      [program, ...(opened === undefined ? [] : [resolve(opened)]), `--notebook-dir=${folder}`, ...args],
      { env: { ...process.env, ...(await jupyterPaths(made)) }, stdio: "inherit" },
    );
    // On Ctrl-C, Jupyter asks before it ends, so the terminal must stay available until Jupyter has ended.
    process.on("SIGINT", () => {}).on("SIGTERM", () => jupyter.kill("SIGTERM"));
    await new Promise<void>((done, reject) => {
      jupyter.once("error", reject);
      jupyter.once("close", (code) => {
        if (code) process.exitCode = code;
        done();
      });
    });
  } finally {
    await rm(made, { recursive: true });
  }
}

function isInstalled(name: string): boolean {
  return spawnSync("jupyter", [name, "--version"], { stdio: "ignore" }).status === 0;
}

/**
 * Returns the environment variables with which Jupyter finds the kernel and the extension that draws figures
 * in the classic Notebook, without installing anything. Plotly is placed where the extension looks for it.
 *
 * @param made - the folder for the files that this function creates for Jupyter
 */
async function jupyterPaths(made: string): Promise<NodeJS.ProcessEnv> {
  const own = packageFile("notebooks", ".jupyter");
  const extension = join(made, "nbextensions", "idrs");
  await makeFolder(extension);
  await copyFile(require.resolve("plotly.js-dist"), join(extension, "plotly.js"));
  const joined = (...paths: (string | undefined)[]): string => paths.filter(Boolean).join(delimiter);
  return {
    JUPYTER_PATH: joined(own, made, process.env.JUPYTER_PATH),
    JUPYTER_CONFIG_PATH: joined(own, process.env.JUPYTER_CONFIG_PATH),
  };
}
