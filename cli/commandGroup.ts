import type { Command } from 'commander';
import { didYouMean } from '../engine/ports/index.ts';

/** The group `name`, whose command `list` is meant when it stands alone. */
export function addGroup(
  program: Command,
  { name, description }: { readonly name: string; readonly description: string },
): Command {
  return program.command(name).enablePositionalOptions().description(description);
}

/** Adds `list` to a group. Another word after the name of the group is a command that it does not have. */
export function addList(group: Command, description: string): Command {
  return group
    .command('list', { isDefault: true })
    .description(description)
    .allowExcessArguments()
    .hook('preAction', (_group, { args: [first] }) => {
      if (first === undefined) return;
      const names = group.commands.map((command) => command.name());
      group.error(`error: unknown command '${first}' of ${group.name()}.${didYouMean(first, names)}`, {
        code: 'commander.unknownCommand',
      });
    });
}
