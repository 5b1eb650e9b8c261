import { randomUUID } from "node:crypto";
import { lstat, readFile, readlink, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRegularFile } from "../files/read-regular-file";

/** If a lock is not renewed for this many milliseconds, its writer was killed or is paused. */
const STALE = 10_000;
const RENEWED_EVERY = 2_000;
const LOOK_EVERY = 250;

/** The maximal size of a lock, in bytes. */
const LARGEST = 4096;

/** The right to write a record. */
export interface RecordLock {
  /**
   * @throws Error unless the lock still exists and still belongs to this writer, however much time has passed
   */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** Observes the wait for a lock, and can end it. */
export interface LockWatch {
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Called once if another run's lock exists. If that lock is not renewed, the other run was killed. */
  readonly onWaiting?: () => void;
}

/** What a lock records about the process that holds it. */
interface Owner {
  /** Distinguishes this lock from all others. */
  readonly token: string;
  readonly host: string;
  /**
   * The scope within which process numbers are unique: a system since its start, and a container in that
   * system.
   */
  readonly system: string;
  readonly pid: number;
  /** When the process began, according to its system; empty if that is unknown. */
  readonly started: string;
}

/**
 * Takes the lock of a record's folder (the file `.lock` in it). It keeps out a second writer, on this machine
 * or on another one that shares the folder.
 *
 * If the lock belongs to a process of this system that has ended, it is taken over at once. Any other lock is
 * taken over if it is not renewed for ten seconds, measured by this machine's clock alone, because the clocks
 * of two machines may differ. The lock of a paused process may therefore be taken over too, so a writer
 * checks its lock before and after each write.
 *
 * @throws Error if another run is writing the record; the reason of `signal` when it is aborted
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

/** The error for a missing file. It names the folder if the whole folder is gone. */
export async function removed(path: string, folder: string): Promise<Error> {
  await sleep(LOOK_EVERY);
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return new Error(`${isThere ? path : folder}: was removed while this run was writing the record`);
}

/** Creates the lock unless one exists, and returns whether it did. */
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
 * Replaces another lock with this writer's lock. If two writers do so, the second one gets the lock, and the
 * first one notices.
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

/** Reads the present lock. Its state changes when it is renewed or taken over. */
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

/** The state and start time of a process, if the system reports them. */
async function processStatus(pid: number): Promise<{ state: string; started: string } | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The program name, in parentheses, may contain any character.
  const fields = status?.slice(status.lastIndexOf(")") + 2).split(" ");
  return fields && { state: fields[0], started: fields[19] };
}

/** Whether the owner of a lock is known to have ended; false if that is unknown. */
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
