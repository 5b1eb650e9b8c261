/**
 * Votes as text: `class:count` for each class that has any, in ascending order, such as "3:98 5:2".
 *
 * @param votes - for each class, how many samples were given it
 */
export function votesText(votes: readonly number[]): string {
  return votes.flatMap((count, c) => (count > 0 ? [`${c}:${count}`] : [])).join(" ");
}

/**
 * The votes of each class from their text.
 *
 * @throws Error saying what is expected, unless the text is what {@link votesText} makes of votes for some of so many
 * classes
 */
export function parseVotes(text: string, classCount: number): number[] {
  const votes = new Array<number>(classCount).fill(0);
  let previous = -1;
  for (const part of text.split(" ")) {
    const [, c, count] = (/^(\d{1,10}):([1-9]\d{0,15})$/.exec(part) ?? []).map(Number);
    if (!(c > previous && c < classCount && Number.isSafeInteger(count))) {
      throw new Error(`class:count of classes in ascending order below ${classCount}`);
    }
    votes[c] = count;
    previous = c;
  }
  return votes;
}
