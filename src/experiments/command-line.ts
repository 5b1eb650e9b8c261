/** A character without special meaning to a shell. */
const PLAIN = "[\\w@%+=:,./-]";

/** A word of {@link commandLine}: plain or quoted, with each apostrophe outside the quotes. */
const WORD = `(?:${PLAIN}|'[^']*'|\\\\')+`;

/** Writes a command as one line for a POSIX shell, and quotes words if necessary. */
export function commandLine(words: readonly string[]): string {
  const plain = new RegExp(`^${PLAIN}+$`);
  return words.map((word) => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/**
 * Returns the command of the whole run, given the command of one shard.
 *
 * @param command - a line produced by {@link commandLine}; any other text is returned unchanged
 * @param folder - the folder of the whole run's record
 */
export function wholeRunCommand(command: string, folder: string): string {
  if (!new RegExp(`^idrs( ${WORD})*$`).test(command)) return command;
  const words = (command.match(new RegExp(WORD, "g")) ?? []).map((word) =>
    word.replace(/'([^']*)'|\\'/g, (_, quoted?: string) => quoted ?? "'"),
  );
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [, option, value] = /^(--shard|--out)(?:=(.*))?$/s.exec(words[i]) ?? [];
    if (option === undefined) kept.push(words[i]);
    else {
      if (value === undefined) i++;
      if (option === "--out") kept.push("--out", folder);
    }
  }
  return commandLine(kept);
}
