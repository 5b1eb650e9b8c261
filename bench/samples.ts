/*
 * The number of samples that the sampling plans draw on the shipped records, compared with a fixed n =
 * 100,000.
 *
 *   npm run bench:samples             # 4 certifications of each input
 *   npm run bench:samples -- 20 7     # 20 of each, with seed 7
 *
 * For each input of records/, the true p_A is assumed to be the vote share of its row; σ and the rate are
 * those of the record. Votes are drawn with that probability (Philox, seeded), and each plan decides when to
 * stop. Prints the mean and median number of samples, and how many times fewer than n that is. For the
 * deciding plan it also prints the share of certifications that reach the radius ε, with the plan and with n
 * samples and the Clopper-Pearson bound; for the plan that stops at a gain below f, the mean radius of both.
 * The n0 samples that choose the class are not counted, because they are the same for every plan.
 *
 * Then it prints how much farther the confidence sequence is from the vote share than the Clopper-Pearson
 * bound for the same counts, at α = 0.001.
 */
import { join } from "node:path";
import { certifiedRadius } from "../src/certificates/certified-radius";
import { readRecord } from "../src/experiments/record";
import { mean } from "../src/numerics/summaries";
import { clopperPearsonLower } from "../src/probability/binomial";
import { confidenceSequenceLower } from "../src/probability/confidence-sequence";
import { decidePlan, gainPlan, lowerBound, type SamplingPlan } from "../src/sampling/sampling-plan";
import { coin } from "../test/probability/coin";

const N = 100_000;
const ALPHA = 0.001;
/** MNIST. */
const DIMENSION = 784;

interface Input {
  readonly sigma: number;
  readonly share: number;
  readonly rate: number;
  readonly eta: number;
}

async function inputsOf(record: string): Promise<Input[]> {
  const { configuration, rows } = await readRecord(join(process.cwd(), "records", record));
  const { rate, eta } = configuration.variance;
  return rows.map(({ sigma, candidate, votes, n }) => ({ sigma, share: votes[candidate] / n, rate, eta }));
}

interface Outcome {
  readonly taken: number;
  /** The radius with the plan, and with all n samples. */
  readonly radius: number;
  readonly fixedRadius: number;
}

function certifyOnce(plan: SamplingPlan, { sigma, share, rate, eta }: Input, toss: () => boolean): Outcome {
  const radiusOf = (pA: number): number =>
    certifiedRadius({ dimension: DIMENSION, sigma, rate, eta, pA }).radius;
  let [taken, votes] = [0, 0];
  do {
    const look = plan.nextLook(taken, N);
    for (; taken < look; taken++) if (toss()) votes++;
  } while (!plan.isEnough({ votes, taken, n: N, alpha: ALPHA, radiusOf }));
  const radius = radiusOf(lowerBound[plan.bound](votes, taken, ALPHA));
  const fixedRadius = radiusOf(clopperPearsonLower(Math.round(share * N), N, ALPHA));
  return { taken, radius, fixedRadius };
}

function run(plan: SamplingPlan, inputs: Input[], rounds: number, seed: number): Outcome[] {
  return inputs.flatMap((input, i) =>
    Array.from({ length: rounds }, (_, round) =>
      certifyOnce(plan, input, coin(input.share, seed, i * rounds + round)),
    ),
  );
}

function samplesOf(outcomes: Outcome[]): string {
  const taken = outcomes.map((outcome) => outcome.taken).sort((a, b) => a - b);
  const average = mean(taken);
  const median = taken[Math.floor(taken.length / 2)];
  return `${average.toFixed(0)} samples (median ${median}), ${(N / average).toFixed(1)} times fewer`;
}

async function main(): Promise<void> {
  const [rounds, seed] = [Number(process.argv[2] ?? 4), Number(process.argv[3] ?? 1)];
  for (const record of ["mnist-0.5-mean", "mnist-0.5-r0.01"]) {
    const inputs = await inputsOf(record);
    console.log(`${record}: ${inputs.length} inputs, ${rounds} times each`);
    for (const epsilon of [0.25, 0.5, 0.75, 1, 1.25]) {
      const outcomes = run(decidePlan(epsilon), inputs, rounds, seed);
      const reached = (key: "radius" | "fixedRadius"): string =>
        `${(100 * mean(outcomes.map((outcome) => Number(outcome[key] >= epsilon)))).toFixed(1)} %`;
      console.log(
        `  decide ε = ${epsilon}: ${samplesOf(outcomes)}; certified ${reached("radius")} (fixed n: ${reached("fixedRadius")})`,
      );
    }
    for (const fraction of [0.05, 0.1, 0.2]) {
      const outcomes = run(gainPlan(fraction), inputs, 1, seed);
      const radius = (key: "radius" | "fixedRadius"): string =>
        mean(outcomes.map((outcome) => outcome[key])).toFixed(3);
      console.log(
        `  gain f = ${fraction}: ${samplesOf(outcomes)}; mean radius ${radius("radius")} (fixed n: ${radius("fixedRadius")})`,
      );
    }
  }

  console.log("distance from the vote share, confidence sequence / Clopper-Pearson");
  const SIZES = [100, 1000, 10_000, 100_000];
  console.log(["share", ...SIZES.map((t) => `t = ${t}`)].join("\t"));
  for (const share of [0.5, 0.7, 0.9, 0.99, 0.999, 0.9999, 1]) {
    const ratios = SIZES.map((t) => {
      const votes = Math.round(share * t);
      if (votes === t && share < 1) return "–";
      const [cs, cp] = [confidenceSequenceLower, clopperPearsonLower].map((bound) => bound(votes, t, ALPHA));
      return ((votes / t - cs) / (votes / t - cp)).toFixed(2);
    });
    console.log([share, ...ratios].join("\t"));
  }
}

void main();
