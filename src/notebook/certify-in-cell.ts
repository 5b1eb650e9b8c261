import {
  certifyDataset,
  type CertifyDatasetOptions,
  type CertifyDualDatasetOptions,
} from "../experiments/certify-dataset";
import type { CertificationRecord } from "../experiments/record";
import type { RunProgress } from "../experiments/run-progress";
import { countText } from "../numerics/count-text";
import { isInCell } from "./display";
import { showProgress } from "./show-progress";

/**
 * Runs {@link certifyDataset}. In a notebook cell, it also shows the progress, and the run ends if the kernel
 * is interrupted. Finished rows are kept, and repeating the call resumes the run.
 */
export async function certifyDatasetInCell(
  options: CertifyDatasetOptions | CertifyDualDatasetOptions,
): Promise<CertificationRecord> {
  if (!isInCell()) return certifyDataset(options);
  const { dataset, signal, onProgress } = options;
  const progress = showProgress(`Certifying ${dataset.name}`);
  let last: RunProgress | undefined;
  try {
    return await certifyDataset({
      ...options,
      signal: signal ? AbortSignal.any([signal, progress.signal]) : progress.signal,
      onProgress: (now) => {
        last = now;
        const rate = countText(Math.round(now.samplesPerSecond));
        // A shard may hold no image.
        if (now.total > 0) progress.update(now.done, now.total, `${rate} samples/s, ${accuracy(now)}`);
        onProgress?.(now);
      },
    });
  } finally {
    progress.finish(last && accuracy(last));
  }
}

function accuracy({ done, certifiedAccuracy }: RunProgress): string {
  return done > 0 ? `certified accuracy ${certifiedAccuracy.toFixed(3)}` : "";
}
