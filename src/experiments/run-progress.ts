/** How far a certification run is. */
export interface RunProgress {
  /** Images certified, those of earlier sittings included. */
  readonly done: number;
  /** Images to certify. */
  readonly total: number;
  /** Samples per second in this sitting. */
  readonly samplesPerSecond: number;
  /** Estimate of the time left, in seconds; Infinity before anything is known. */
  readonly secondsLeft: number;
  /** Certified accuracy at radius 0 so far: the share of images with the right class, abstentions being errors. */
  readonly certifiedAccuracy: number;
}

/** Tracks the progress of a run. */
export interface ProgressMeter {
  addSamples(count: number): void;
  addRow(row: { readonly correct: number }): void;
  read(): RunProgress;
}

/**
 * Starts to follow a run.
 *
 * @param total - images to certify
 * @param rows - those of earlier sittings
 * @param samplesPerImage - the most samples that an image takes
 */
export function startProgress(
  total: number,
  rows: readonly { readonly correct: number }[],
  samplesPerImage: number,
): ProgressMeter {
  const started = performance.now();
  let done = rows.length;
  let correct = rows.reduce((sum, row) => sum + row.correct, 0);
  let [samples, samplesSinceRow] = [0, 0];
  return {
    addSamples(count) {
      samples += count;
      samplesSinceRow += count;
    },
    addRow(row) {
      done++;
      correct += row.correct;
      samplesSinceRow = Math.max(0, samplesSinceRow - samplesPerImage);
    },
    read() {
      const seconds = (performance.now() - started) / 1000;
      const images = Math.min(done - rows.length + samplesSinceRow / samplesPerImage, total - rows.length);
      return {
        done,
        total,
        samplesPerSecond: samples / seconds,
        secondsLeft: (seconds * (total - rows.length - images)) / images || (images > 0 ? 0 : Infinity),
        certifiedAccuracy: done > 0 ? correct / done : 0,
      };
    },
  };
}
