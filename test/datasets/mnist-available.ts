import { existsSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "../../src/datasets/data-folder";

const folder = join(dataFolder(), "mnist");

/** Why tests on MNIST images cannot run here, or `false` if they can. */
export const noMnist: string | false =
  existsSync(join(folder, "train-images-idx3-ubyte")) ||
  existsSync(join(folder, "train-images-idx3-ubyte.gz"))
    ? false
    : `MNIST is not in ${folder}: run "idrs fetch mnist" or set IDRS_DATA`;

if (noMnist) console.warn(`skipped: ${noMnist}`);
