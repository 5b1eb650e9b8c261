import { randomUUID } from "node:crypto";
import { open, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { requireWritable } from "../files/require-writable";
import { makeFolder } from "../files/make-folder";

/**
 * If the lock of another machine has not been renewed for this many milliseconds, the training run on that
 * machine is assumed to have been killed.
 */
const STALE = 600_000;

/** The time between two renewals, in milliseconds. */
const RENEWED_EVERY = 5_000;

/** The locks that training runs of this process hold. */
const held = new Set<string>();

/** A folder to which only one training run writes. */
export interface TrainingFolder {
  readonly model: string;
  readonly log: string;
  readonly checkpoint: string;
  /**
   * Renews the lock.
   *
   * @throws Error if another training run has taken the lock, for example after the machine slept
   */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Creates the folder of a training run if necessary, and takes its lock (the file `.lock`, which names process
 * and machine). The lock of a process that has ended is taken over, and so is the lock of another machine if
 * that lock has not been renewed for ten minutes. Unfinished files of a killed training run are removed.
 *
 * @throws Error if the folder cannot be written, or if another training run is writing to the folder
 */
export async function openTrainingFolder(folder: string): Promise<TrainingFolder> {
  await makeFolder(folder);
  const paths = {
    model: join(folder, "model.onnx"),
    log: join(folder, "training.json"),
    checkpoint: join(folder, "checkpoint.bin"),
  };
  const lock = join(folder, ".lock");
  const own = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  for (const path of Object.values(paths)) await requireWritable(path);
  await takeLock(folder, lock, own);
  const left = (await readdir(folder)).filter((name) => /^[a-z]+\.[a-z]+\.[0-9a-f]{8}\.part$/.test(name));
  for (const name of left) await rm(join(folder, name), { force: true });
  let renewed = performance.now();
  const isOwn = async (): Promise<boolean> => (await readFile(lock, "utf8").catch(() => "")) === own;
  return {
    ...paths,
    async renew() {
      if (performance.now() - renewed < RENEWED_EVERY) return;
      renewed = performance.now();
      if (!(await isOwn())) throw new Error(`${folder}: another training run has begun to write here`);
      await utimes(lock, new Date(), new Date());
    },
    async release() {
      held.delete(own);
      if (await isOwn()) await rm(lock, { force: true });
    },
  };
}

async function takeLock(folder: string, lock: string, own: string): Promise<void> {
  for (let attempts = 2; ; attempts--) {
    try {
      const file = await open(lock, "wx");
      held.add(own);
      try {
        await file.writeFile(own).finally(() => file.close());
      } catch (error) {
        held.delete(own);
        await rm(lock, { force: true }); // an empty lock would keep out later training runs
        throw error;
      }
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempts === 0) {
        throw new Error(`${folder}: cannot be locked: ${(error as Error).message}`, { cause: error });
      }
    }
    const other = await ownerOf(lock);
    if (other !== undefined) {
      throw new Error(
        `${folder}: another training run (${other}) is writing here; if it is not, remove ${lock}`,
      );
    }
    await rm(lock, { force: true });
  }
}

/** The owner of a lock; undefined if its training run has ended. */
async function ownerOf(lock: string): Promise<string | undefined> {
  const age = Date.now() - (await stat(lock).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
  const text = await readFile(lock, "utf8").catch(() => "");
  let owner: { pid?: unknown; host?: unknown };
  try {
    owner = JSON.parse(text);
  } catch {
    owner = {};
  }
  const { pid, host } = owner;
  if (host !== hostname() || typeof pid !== "number") {
    return age < STALE ? `on ${String(host ?? "another machine")}` : undefined;
  }
  // An ended process may have had the number of this process.
  const writes = pid === process.pid ? held.has(text) : isAlive(pid);
  return writes ? `process ${pid}` : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
