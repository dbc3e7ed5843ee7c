import { type Command, Option } from 'commander';
import { EXAMPLES } from './examples.ts';

/** Commands that speak a protocol of their own, or print no results. */
const WITHOUT_FORM: ReadonlySet<string> = new Set(['serve', 'lsp', 'dap', 'completion']);

/** The options `--json` and `--quiet` of a command line. They are known before it is read, for its errors. */
export function readForm(args: readonly string[]): { readonly json: boolean; readonly quiet: boolean } {
  const end = args.indexOf('--');
  const before = end === -1 ? args : args.slice(0, end);
  return {
    json: before.includes('--json'),
    quiet: before.includes('--quiet') || before.includes('-q'),
  };
}

/** Gives each command the options that all have, and its examples. */
export function addCommonOptions(program: Command): void {
  for (const command of leavesOf(program)) {
    const path = pathOf(command);
    if (!WITHOUT_FORM.has(path)) {
      addOption(command, new Option('--json', 'print results and problems as JSON'));
      addOption(command, new Option('-q, --quiet', 'print no notes and no progress'));
    }
    const examples = EXAMPLES[path] ?? [];
    const word = examples.length === 1 ? 'Example' : 'Examples';
    command.addHelpText('after', `\n${word}:\n${examples.map((line) => `  ${line}\n`).join('')}`.trimEnd());
  }
}

function addOption(command: Command, option: Option): void {
  if (!command.options.some(({ long }) => long === option.long)) command.addOption(option);
}

/** The commands that do something: no group of others. */
export function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

/** 'sessions list': the names without that of the program. */
export function pathOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name());
  return names.join(' ');
}
