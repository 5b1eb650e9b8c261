import { philox4x32 } from "../../src/probability/philox";

/** A seeded coin that shows true with probability p: tosses of another stream or seed are independent. */
export function coin(p: number, seed: number, stream: number): () => boolean {
  const words = new Uint32Array(4);
  const below = p * 2 ** 32;
  let toss = 0;
  return () => {
    if ((toss & 3) === 0) philox4x32(words, toss >>> 2, stream, 0, 0, seed, 0);
    return words[toss++ & 3] < below;
  };
}
