import { constants } from "node:os";
import { isatty } from "node:tty";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof SIGNALS)[number];

/** The end of a command by Ctrl-C (SIGINT), by a closed terminal (SIGHUP), or because the system asked for it (SIGTERM). */
export class Interruption extends Error {
  /** What the command exits with: 128 and the number of the signal. */
  readonly exitCode: number;

  constructor(message: string, signal: Signal) {
    super(message);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Does work that Ctrl-C (SIGINT), SIGTERM or a closed terminal (SIGHUP) interrupts: its signal is then aborted with an
 * {@link Interruption}. A second signal, and one after the work, ends the process at once. A process without a terminal,
 * as nohup starts it, goes on after SIGHUP.
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
  const hasTerminal = [0, 1, 2].some((stream) => isatty(stream));
  const interrupt = (signal: Signal): void => {
    if (signal === "SIGHUP" && !hasTerminal) return;
    stopListening();
    controller.abort(new Interruption(message(), signal));
    if (patience < Infinity) setTimeout(() => process.kill(process.pid, signal), 1000 * patience).unref();
  };
  const stopListening = (): void => SIGNALS.forEach((signal) => process.off(signal, interrupt));
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
