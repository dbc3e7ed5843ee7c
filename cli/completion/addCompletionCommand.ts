import { Argument, type Command } from 'commander';
import { type ProgramParts, print } from '../commandIo.ts';
import { completionScript, SHELLS, type Shell } from './completionScript.ts';

/** Adds `completion`. */
export function addCompletionCommand(program: Command, { io }: ProgramParts): void {
  program
    .command('completion')
    .description('Print the script that completes commands, options and their values in a shell.')
    .addArgument(new Argument('<shell>', 'your shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
To use it:
  bash  source <(orsay completion bash)                     # in ~/.bashrc
  zsh   source <(orsay completion zsh)                      # in ~/.zshrc, after compinit
  fish  orsay completion fish > ~/.config/fish/completions/orsay.fish`,
    )
    .action((shell: Shell) => print(io, completionScript(program, shell)));
}
