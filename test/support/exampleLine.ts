/** A line of a shell with one command: `NAME=value printf 'text' | orsay ... > file`. */
export interface ExampleLine {
  readonly args: readonly string[];
  /** The standard input. */
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that gets the standard output. */
  readonly output: string | undefined;
}

/** Reads the parts of the shell's language that the examples use. Throws for others. */
export function readExampleLine(line: string): ExampleLine {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain!,
  );
  const env: Record<string, string> = {};
  while (/^\w+=/.test(words[0] ?? '')) {
    const [name, value] = words.shift()!.split('=') as [string, string];
    env[name] = value;
  }
  let input = '';
  if (words[0] === 'printf' && words[2] === '|') {
    input = words[1]!.replaceAll('\\n', '\n');
    words.splice(0, 3);
  }
  const at = words.indexOf('>');
  const output = at === -1 ? undefined : words[at + 1];
  if (words.shift() !== 'orsay') throw new Error(`Expected an example of orsay, got: ${line}`);
  return { args: at === -1 ? words : words.slice(0, at - 1), input, env, output };
}
