import { randomUUID } from "node:crypto";
import { open, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { requireWritable } from "../files/require-writable";
import { makeFolder } from "../files/make-folder";

/** A lock of another machine that has not been renewed for so long, in milliseconds, is of a training that was killed. */
const STALE = 600_000;

/** Milliseconds between two renewals. */
const RENEWED_EVERY = 5_000;

/** The folder that a training writes to, and nobody else. */
export interface TrainingFolder {
  readonly model: string;
  readonly log: string;
  readonly checkpoint: string;
  /** Keeps the lock. @throws Error if another training has taken it, as after the machine slept. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes a folder for a training if there is none, and takes its lock (`.lock` in it: process and machine). The lock of a
 * process that has ended is taken over; one of another machine when it has not been renewed for ten minutes. Files that
 * a killed training left half written are removed.
 *
 * @throws Error if it cannot be written to, or another training is writing there
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
      if (!(await isOwn())) throw new Error(`${folder}: another training has begun to write here`);
      await utimes(lock, new Date(), new Date());
    },
    async release() {
      if (await isOwn()) await rm(lock, { force: true });
    },
  };
}

async function takeLock(folder: string, lock: string, own: string): Promise<void> {
  for (let attempts = 2; ; attempts--) {
    try {
      const file = await open(lock, "wx");
      await file.writeFile(own).finally(() => file.close());
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || attempts === 0) {
        throw new Error(`${folder}: cannot be locked: ${(error as Error).message}`, { cause: error });
      }
    }
    const other = await ownerOf(lock);
    if (other !== undefined) {
      throw new Error(`${folder}: another training (${other}) is writing here; if it is not, remove ${lock}`);
    }
    await rm(lock, { force: true });
  }
}

/** Whose a lock is; undefined if it is of a training that has ended. */
async function ownerOf(lock: string): Promise<string | undefined> {
  const age = Date.now() - (await stat(lock).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
  let owner: { pid?: unknown; host?: unknown };
  try {
    owner = JSON.parse(await readFile(lock, "utf8"));
  } catch {
    owner = {};
  }
  const { pid, host } = owner;
  if (host !== hostname() || typeof pid !== "number") {
    return age < STALE ? `on ${String(host ?? "another machine")}` : undefined;
  }
  return pid !== process.pid && isAlive(pid) ? `process ${pid}` : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
