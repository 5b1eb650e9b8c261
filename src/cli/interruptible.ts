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
 * The time in milliseconds within which signals count as one. Ctrl-C sends a signal to npx and to the command,
 * and npx sends its own signal on to the command.
 */
const SAME_SIGNAL = 1000;

/**
 * Does work that Ctrl-C (SIGINT), SIGTERM or a closed terminal (SIGHUP) can interrupt. An interruption aborts
 * the signal that the work was given, with an {@link Interruption} as the reason. A signal more than a second
 * later, or after the work has ended without an interruption, ends the process at once. A process without a
 * terminal, for example a process started with nohup, ignores SIGHUP.
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
    if ((signal === "SIGHUP" && !hasTerminal) || controller.signal.aborted) return;
    setTimeout(stopListening, SAME_SIGNAL).unref();
    const interruption = new Interruption(message(), signal);
    controller.abort(interruption);
    if (patience === Infinity) return;
    const end = (): void => {
      console.error(`idrs: ${interruption.message}`);
      process.kill(process.pid, signal);
    };
    setTimeout(end, 1000 * patience).unref();
  };
  const stopListening = (): void => SIGNALS.forEach((signal) => process.off(signal, interrupt));
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    if (!controller.signal.aborted) stopListening();
  }
}
