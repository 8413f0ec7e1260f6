/** The command as a shell takes it. */
export const commandLine = (name: string, args: readonly string[]): string =>
  ["iam-expect", name, ...args.map(shellWord)].join(" ");

const shellWord = (word: string): string =>
  /^[\w@%+=:,./~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
