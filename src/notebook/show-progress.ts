import { randomUUID } from "node:crypto";
import { requirePositive } from "../numerics/arguments";
import { cellDisplay, type MimeBundle } from "./display";
import { escapeHtml } from "../files/escape-html";

/** A progress display in a cell. */
export interface Progress {
  /**
   * Shows the progress. The display is redrawn at most four times a second, so this method may be called at
   * any rate.
   *
   * @param done - the amount of finished work, out of `total`
   * @param note - a text shown next to the bar, for example the accuracy so far
   * @throws the reason of {@link Progress.signal} once the cell has been interrupted, so that work that does
   *   not watch a signal also ends
   */
  update(done: number, total: number, note?: string): void;
  /** Shows that the work has ended. The final display contains no times, so it is the same in every run. */
  finish(note?: string): void;
  /**
   * A signal that is aborted when the cell is interrupted (Kernel → Interrupt). Pass this signal to work that
   * can be stopped.
   */
  readonly signal: AbortSignal;
}

/** The minimum time between two updates of a display, in milliseconds. */
const INTERVAL_MS = 250;

/**
 * Shows the progress of a long cell: a bar, the amount of finished work, and the estimated time left.
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
  // The listener is not added at once. While the first part of a cell runs, Node.js replaces all SIGINT
  // handlers with its own, and a listener added during that time would be lost.
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
