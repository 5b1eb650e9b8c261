/**
 * Writes votes as text: `class:count` for each class with votes, in ascending order, for example "3:98 5:2".
 *
 * @param votes - the number of votes for each class
 */
export function votesText(votes: readonly number[]): string {
  return votes.flatMap((count, c) => (count > 0 ? [`${c}:${count}`] : [])).join(" ");
}

/**
 * Reads the number of votes for each class from a text that {@link votesText} has written.
 *
 * @throws Error naming the expectation if {@link votesText} could not have written the text for `classCount`
 *   classes
 */
export function parseVotes(text: string, classCount: number): number[] {
  const votes = new Array<number>(classCount).fill(0);
  let previous = -1;
  for (const part of text.split(" ")) {
    const [, c, count] = (/^(\d{1,10}):([1-9]\d{0,15})$/.exec(part) ?? []).map(Number);
    if (!(c > previous && c < classCount && Number.isSafeInteger(count))) {
      throw new Error(`class:count for classes below ${classCount} in ascending order`);
    }
    votes[c] = count;
    previous = c;
  }
  return votes;
}
