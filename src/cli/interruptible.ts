/** The end of a command by Ctrl-C (SIGINT), or because the system asked for it (SIGTERM). */
export class Interruption extends Error {
  /** What the command exits with: 128 and the number of the signal. */
  readonly exitCode: number;

  constructor(message: string, signal: "SIGINT" | "SIGTERM") {
    super(message);
    this.exitCode = signal === "SIGINT" ? 130 : 143;
  }
}

/**
 * Does work that Ctrl-C (SIGINT) or SIGTERM interrupts: its signal is then aborted with an {@link Interruption}. A second
 * signal, and one after the work, ends the process at once.
 *
 * @param message - of the interruption, read when it comes
 * @param patience - seconds after which work that has not ended ends with the process
 */
export async function interruptible<T>(
  message: () => string,
  work: (signal: AbortSignal) => Promise<T>,
  patience: number = Infinity,
): Promise<T> {
  const controller = new AbortController();
  const interrupt = (signal: "SIGINT" | "SIGTERM"): void => {
    stopListening();
    controller.abort(new Interruption(message(), signal));
    if (patience < Infinity) setTimeout(() => process.kill(process.pid, signal), 1000 * patience).unref();
  };
  const stopListening = (): void => void process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
