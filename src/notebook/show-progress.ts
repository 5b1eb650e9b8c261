import { randomUUID } from "node:crypto";
import { requirePositive } from "../numerics/arguments";
import { cellDisplay, type MimeBundle } from "./display";
import { escapeHtml } from "../files/escape-html";

/** A progress display in a cell. */
export interface Progress {
  /**
   * Shows how far the work is; at most four times a second, so that it may be called as often as one likes.
   *
   * @param done - how much is done, of `total`
   * @param note - something to see beside it: the accuracy so far, say
   * @throws the reason of {@link Progress.signal} once the cell was interrupted, so that work without a signal of its
   * own ends, too
   */
  update(done: number, total: number, note?: string): void;
  /** Shows that the work has ended. What stays in the notebook has no times in it, and is the same in every run. */
  finish(note?: string): void;
  /** Is aborted when the cell is interrupted (Kernel → Interrupt): to be passed on to what can be stopped. */
  readonly signal: AbortSignal;
}

/** Shortest time between two updates of a display. */
const INTERVAL_MS = 250;

/**
 * Shows how far a long cell is: a bar, how much is done and about how long it still takes.
 *
 * @throws Error outside a notebook
 * @example
 * const progress = showProgress("Counting");
 * for (let done = 0; done <= 100; done++) progress.update(done, 100);
 * progress.finish("counted");
 */
export function showProgress(title: string): Progress {
  const display = cellDisplay();
  if (!display) throw new Error("showProgress works only in a cell of a notebook");
  const id = randomUUID();
  display(bundle(title, "starting"), { id });
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(new Error("interrupted"));
  // Not at once: while the first part of a cell runs, Node has a SIGINT handler of its own in place of all others, and
  // a listener that is added meanwhile would be left without any.
  let isFinished = false;
  queueMicrotask(() => {
    if (!isFinished) process.once("SIGINT", interrupt);
  });

  const started = performance.now();
  let last = -Infinity;
  let [begun, reached, whole]: (number | undefined)[] = [];
  return {
    signal: interruption.signal,
    update(done, total, note = "") {
      interruption.signal.throwIfAborted();
      requirePositive("total", total);
      begun ??= done;
      [reached, whole] = [done, total];
      const now = performance.now();
      if (now - last < INTERVAL_MS && done < total) return;
      last = now;
      const left = ((now - started) * (total - done)) / (done - begun);
      const time = Number.isFinite(left) && done < total ? `about ${duration(left / 1000)} left` : "";
      display(bundle(title, [`${done} of ${total}`, note, time].filter(Boolean).join(", "), done / total), {
        id,
        isUpdate: true,
      });
    },
    finish(note = "") {
      isFinished = true;
      process.off("SIGINT", interrupt);
      const count = whole === undefined ? "done" : `${reached} of ${whole}`;
      display(bundle(title, [count, note].filter(Boolean).join(", ")), { id, isUpdate: true });
    },
  };
}

function bundle(title: string, state: string, share?: number): MimeBundle {
  const bar = share === undefined ? "" : ` <progress value="${share.toFixed(4)}" max="1"></progress>`;
  return {
    "text/html": `<p>${escapeHtml(title)}:${bar} ${escapeHtml(state)}</p>`,
    "text/plain": `${title}: ${state}`,
  };
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
