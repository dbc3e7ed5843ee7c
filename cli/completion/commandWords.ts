import type { Command, Option } from 'commander';

/** Names of arguments and values that stand for a path. */
const PATHS: ReadonlySet<string> = new Set(['file', 'folder', 'path', 'paths', 'document', 'trace']);

/** The values that complete an argument or an option: of a list, paths, or none that is known. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'paths' | 'none' };

/** An option of a command. */
export interface OptionWords {
  readonly long: string | undefined;
  readonly short: string | undefined;
  readonly description: string;
  /** Undefined: it takes no value. */
  readonly values: Values | undefined;
}

/** A command, as a shell completes it. */
export interface CommandWords {
  /** 'sessions list'; '' is the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
  readonly values: Values;
}

/** All commands of a program, the program first. A group has the options of the command that it means. */
export function commandWords(program: Command): readonly CommandWords[] {
  return wordsBelow(program, '');
}

function wordsBelow(command: Command, path: string): readonly CommandWords[] {
  const own: CommandWords = {
    path,
    commands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: [...optionsOf(command), HELP],
    values: argumentValues(command),
  };
  const below = command.commands.map((one) =>
    wordsBelow(one, path === '' ? one.name() : `${path} ${one.name()}`),
  );
  return [own, ...below.flat()];
}

const HELP: OptionWords = { long: '--help', short: '-h', description: 'display help', values: undefined };

function optionsOf(command: Command): readonly OptionWords[] {
  const list = command.parent ? command.commands.find((one) => one.name() === 'list') : undefined;
  return [...command.options, ...(list?.options ?? [])]
    .filter(({ hidden }) => !hidden)
    .map((option) => ({
      long: option.long,
      short: option.short,
      description: option.description,
      values: optionValues(option),
    }));
}

function optionValues({ flags, argChoices, required, optional }: Option): Values | undefined {
  if (!required && !optional) return undefined;
  if (argChoices !== undefined) return { kind: 'words', words: argChoices };
  return named(/[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? '');
}

/** The first argument decides: those of a command are alike, or the later ones are no paths. */
function argumentValues({ registeredArguments: [first] }: Command): Values {
  if (first === undefined) return { kind: 'none' };
  if (first.argChoices !== undefined) return { kind: 'words', words: first.argChoices };
  return named(first.name());
}

function named(name: string): Values {
  return { kind: PATHS.has(name.replace('...', '')) ? 'paths' : 'none' };
}

/** '--quiet' and '-q'. */
export function namesOf({ long, short }: OptionWords): readonly string[] {
  return [long, short].filter((name) => name !== undefined);
}
