import { randomUUID } from "node:crypto";
import { lstat, readFile, readlink, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRegularFile } from "../files/read-regular-file";

/**
 * The time in milliseconds after which a lock that was not renewed is taken over. The writer of such a lock
 * was killed or is paused.
 */
const STALE = 10_000;
const RENEWED_EVERY = 2_000;
const LOOK_EVERY = 250;

/** The maximum size of a lock, in bytes. */
const LARGEST = 4096;

/** A lock, which gives its owner the right to write a record. */
export interface RecordLock {
  /** @throws Error if the lock no longer exists or no longer belongs to this writer */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** The options for observing or ending the wait for a lock. */
export interface LockWatch {
  /** A signal that ends the wait when the signal is aborted. */
  readonly signal?: AbortSignal;
  /**
   * A function that is called once if another run's lock exists. If this lock is not renewed, the other run
   * was probably killed.
   */
  readonly onWaiting?: () => void;
}

/** The information that a lock stores about the process that holds the lock. */
interface Owner {
  /** A text that distinguishes this lock from all others. */
  readonly token: string;
  readonly host: string;
  /**
   * The scope within which process numbers are unique: one start of the system, and one container in this
   * system.
   */
  readonly system: string;
  readonly pid: number;
  /** The time at which the process began, according to its system; empty if the time is unknown. */
  readonly started: string;
}

/**
 * Takes the lock of a record's folder, which is the file `.lock` in this folder. The lock keeps out a second
 * writer, whether on this machine or on another machine that shares the folder.
 *
 * If the lock belongs to a process of this system that has ended, the lock is taken over at once. Any other
 * lock is taken over if it is not renewed for ten seconds. The time is measured only by this machine's clock,
 * because the clocks of two machines may differ. Since the lock of a paused process may be taken over too, a
 * writer checks its lock before and after each write.
 *
 * @throws Error if another run is writing the record; the reason of `signal` if the signal is aborted
 */
export async function lockRecord(folder: string, { signal, onWaiting }: LockWatch = {}): Promise<RecordLock> {
  const path = join(folder, ".lock");
  const mine = await thisProcess();
  let waited: { state: string; since: number } | undefined;
  while (!(await claim(path, mine))) {
    const found = await look(path);
    if (!found) continue;
    if (waited && found.state !== waited.state) {
      throw new Error(`${folder}: another run is writing this record${whose(found.owner)}`);
    }
    if ((await hasEnded(found.owner, mine.system)) || (waited && performance.now() - waited.since > STALE)) {
      await takeOver(path, mine);
      break;
    }
    if (!waited) {
      waited = { state: found.state, since: performance.now() };
      onWaiting?.();
    }
    await sleep(LOOK_EVERY);
    signal?.throwIfAborted();
  }

  const isMine = async (): Promise<boolean> => (await look(path))?.owner?.token === mine.token;
  const renewing = setInterval(() => {
    const now = new Date();
    void isMine()
      .then((still) => (still ? utimes(path, now, now) : undefined))
      .catch(() => {});
  }, RENEWED_EVERY);
  renewing.unref();
  return {
    async check() {
      const found = await look(path);
      if (found?.owner?.token === mine.token) return;
      clearInterval(renewing);
      if (found)
        throw new Error(`${folder}: another run has begun to write this record${whose(found.owner)}`);
      throw await removed(path, folder);
    },
    async release() {
      clearInterval(renewing);
      if (await isMine()) await rm(path, { force: true });
    },
  };
}

/** Returns the error for a missing file. If the whole folder is missing, the error names the folder. */
export async function removed(path: string, folder: string): Promise<Error> {
  await sleep(LOOK_EVERY);
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return new Error(`${isThere ? path : folder}: was removed while this run was writing the record`);
}

/** Creates the lock unless a lock exists, and returns whether it was created. */
async function claim(path: string, mine: Owner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(mine), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new Error(`${path}: cannot be created: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Replaces another lock with this writer's lock. If two writers replace the same lock, the second writer gets
 * the lock, and the first writer notices.
 */
async function takeOver(path: string, mine: Owner): Promise<void> {
  const own = `${path}.${mine.token}`;
  await writeFile(own, JSON.stringify(mine));
  try {
    await rename(own, path);
  } catch {
    await rm(path, { recursive: true, force: true }); // a folder
    await rename(own, path);
  }
}

/** Reads the present lock. The state of a lock changes when the lock is renewed or taken over. */
async function look(path: string): Promise<{ state: string; owner?: Owner } | undefined> {
  try {
    const { ino, mtimeMs } = await lstat(path);
    const text = String((await readRegularFile(path, LARGEST).catch(() => undefined)) ?? "");
    return { state: `${ino} ${mtimeMs} ${text}`, owner: ownerIn(text) };
  } catch {
    return undefined;
  }
}

function ownerIn(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner | null;
    return typeof owner?.token === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

function whose(owner: Owner | undefined): string {
  return owner ? ` (process ${owner.pid} on ${owner.host})` : "";
}

async function thisProcess(): Promise<Owner> {
  const system = await Promise.all([
    readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => ""),
    readlink("/proc/self/ns/pid").catch(() => ""),
  ]);
  return {
    token: randomUUID(),
    host: hostname(),
    system: [hostname(), ...system].join(" ").trim(),
    pid: process.pid,
    started: (await processStatus(process.pid))?.started ?? "",
  };
}

/** Returns the state and the start time of a process, if the system reports them. */
async function processStatus(pid: number): Promise<{ state: string; started: string } | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The program name, in parentheses, may contain any character.
  const fields = status?.slice(status.lastIndexOf(")") + 2).split(" ");
  return fields && { state: fields[0], started: fields[19] };
}

/** Returns whether the owner of a lock is known to have ended. */
async function hasEnded(owner: Owner | undefined, system: string): Promise<boolean> {
  if (!owner || owner.system !== system) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return true;
  }
  const status = await processStatus(owner.pid);
  return status !== undefined && (/^[ZX]/.test(status.state) || status.started !== owner.started);
}
