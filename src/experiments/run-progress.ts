/** The progress of a certification run. */
export interface RunProgress {
  /** The number of images certified, including those certified before the run was resumed. */
  readonly done: number;
  /** The number of images to certify. */
  readonly total: number;
  /** The number of samples per second since the run was started or resumed. */
  readonly samplesPerSecond: number;
  /** The estimated time left, in seconds; Infinity until there is an estimate. */
  readonly secondsLeft: number;
  /**
   * The certified accuracy at radius 0 so far: the share of images whose predicted class is right. An
   * abstention counts as an error.
   */
  readonly certifiedAccuracy: number;
}

/** Tracks the progress of a run. */
export interface ProgressMeter {
  addSamples(count: number): void;
  addRow(row: { readonly correct: number }): void;
  read(): RunProgress;
}

/**
 * Starts to track the progress of a run.
 *
 * @param total - the number of images to certify
 * @param rows - the rows certified before the run was resumed
 * @param samplesPerImage - the maximum number of samples per image
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
