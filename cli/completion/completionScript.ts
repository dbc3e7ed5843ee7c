import type { Command } from 'commander';
import { bashScript } from './bashScript.ts';
import { commandWords } from './commandWords.ts';
import { fishScript } from './fishScript.ts';
import { zshScript } from './zshScript.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The script with which a shell completes the commands of a program. */
export function completionScript(program: Command, shell: Shell): string {
  const commands = commandWords(program);
  switch (shell) {
    case 'bash':
      return bashScript(commands);
    case 'zsh':
      return zshScript(commands);
    case 'fish':
      return fishScript(commands);
  }
}
