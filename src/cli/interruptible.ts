import { constants } from "node:os";
import { isatty } from "node:tty";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof SIGNALS)[number];

/**
 * The interruption of a command by Ctrl-C (SIGINT), by a closed terminal (SIGHUP), or by the system
 * (SIGTERM).
 */
export class Interruption extends Error {
  /** The exit code of the command: 128 plus the number of the signal. */
  readonly exitCode: number;

  constructor(message: string, signal: Signal) {
    super(message);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Does work that Ctrl-C (SIGINT), SIGTERM or a closed terminal (SIGHUP) can interrupt. An interruption aborts
 * the signal that the work was given, with an {@link Interruption} as the reason. A second signal, or a
 * signal after the work has ended, ends the process at once. A process without a terminal, for example a
 * process started with nohup, ignores SIGHUP.
 *
 * @param message - the message of the interruption, evaluated when the interruption happens
 * @param patience - the number of seconds after which the process ends even if the work has not ended
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
