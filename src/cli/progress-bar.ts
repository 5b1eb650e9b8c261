import { Presets, SingleBar } from "cli-progress";
import type { RunProgress } from "../experiments/run-progress";
import { countText } from "../numerics/count-text";

/** The display of a run's progress on standard error. */
export interface ProgressDisplay {
  show(progress: RunProgress): void;
  end(): void;
}

/** The minimal time between two lines, in milliseconds. */
const LINE_EVERY = 10_000;

/**
 * Shows the progress of a run: on a terminal, as a bar that is redrawn; elsewhere, for example in a log file,
 * as lines.
 *
 * @param quiet - whether to show nothing
 */
export function progressDisplay(quiet: boolean): ProgressDisplay {
  if (quiet) return { show: () => {}, end: () => {} };
  return process.stderr.isTTY ? bar() : lines();
}

function bar(): ProgressDisplay {
  const format =
    "{bar} {value}/{total} images | {rate} samples/s | {left} left | certified accuracy {accuracy}";
  const drawn = new SingleBar({ format, barsize: 24, hideCursor: true }, Presets.shades_classic);
  let started = false;
  return {
    show(progress) {
      const { rate, left, accuracy } = described(progress);
      if (!started) drawn.start(progress.total, progress.done, { rate, left, accuracy });
      started = true;
      drawn.update(progress.done, { rate, left, accuracy });
    },
    end: () => drawn.stop(),
  };
}

function lines(): ProgressDisplay {
  let [last, shown] = [-Infinity, -1];
  return {
    show(progress) {
      const { done, total } = progress;
      const now = performance.now();
      if (done === shown || (done < total && now - last < LINE_EVERY)) return;
      [last, shown] = [now, done];
      const { rate, left, accuracy } = described(progress);
      console.error(
        `${done}/${total} images, ${rate} samples/s, ${left} left, certified accuracy ${accuracy}`,
      );
    },
    end: () => {},
  };
}

function described(progress: RunProgress): { rate: string; left: string; accuracy: string } {
  return {
    rate: countText(Math.round(progress.samplesPerSecond)),
    left: duration(progress.secondsLeft),
    accuracy: progress.done > 0 ? progress.certifiedAccuracy.toFixed(3) : "–",
  };
}

/** Returns a duration as text, for example "40 s", "12 min" or "3 h 20 min". */
function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
