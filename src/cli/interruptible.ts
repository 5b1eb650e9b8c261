/**
 * Does work that Ctrl-C, or the system asking the process to end, interrupts: its signal is then aborted with `reason`. A
 * second Ctrl-C, and one after the work, ends the process at once.
 */
export async function interruptible<T>(reason: Error, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(reason);
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}
