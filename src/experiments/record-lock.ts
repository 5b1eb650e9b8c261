import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A lock that has not been renewed for so long is of a writer that was killed. */
const STALE = 10_000;
const RENEWED_EVERY = 2_000;

/** The right to write a record. */
export interface RecordLock {
  /** @throws Error if another writer has taken the lock, as after the machine slept. */
  check(): void;
  release(): Promise<void>;
}

/** Watches over the wait for a lock. */
export interface LockWatch {
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Is told when there is a lock, of a run that was killed if it is not renewed. */
  readonly onWaiting?: () => void;
}

/**
 * Takes the lock of a record's folder (`.lock` in it), against two writers, on one machine or on several that share
 * the folder. The lock of a writer that was killed is taken over when nobody has been seen to renew it for ten seconds,
 * by this machine's own clock: those of two machines may differ.
 *
 * @throws Error if another run is writing the record; the reason of `signal` when it is aborted
 */
export async function lockRecord(folder: string, { signal, onWaiting }: LockWatch = {}): Promise<RecordLock> {
  // Not before it is needed: it takes over the signals that end a process.
  const { lock } = await import("proper-lockfile");
  const lockfilePath = join(folder, ".lock");
  const found = await renewal(lockfilePath);
  const since = performance.now();
  if (found !== undefined) onWaiting?.();
  let lost: Error | undefined;
  for (;;) {
    try {
      const isUnrenewed = found === undefined || performance.now() - since > STALE;
      const release = await lock(folder, {
        lockfilePath,
        stale: isUnrenewed ? STALE : Infinity,
        update: RENEWED_EVERY,
        onCompromised: (error) => (lost = error),
      });
      return {
        check() {
          if (!lost) return;
          throw new Error(`${folder}: another run has begun to write this record: ${lost.message}`, {
            cause: lost,
          });
        },
        release: () => (lost ? Promise.resolve() : release()),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") {
        throw new Error(`${folder}: cannot be locked: ${(error as Error).message}`, { cause: error });
      }
      if (found === undefined || (await renewal(lockfilePath)) !== found) {
        throw new Error(`${folder}: another run is writing this record`, { cause: error });
      }
    }
    await sleep(500);
    signal?.throwIfAborted();
  }
}

/** When a lock was last renewed; undefined if there is none. */
async function renewal(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}
