import type { Command } from 'commander';
import type { ProgramParts } from '../commandIo.ts';

const EXAMPLE = `
Editors start it, for example Neovim 0.11 or later:
  vim.lsp.config.orsay = { cmd = { 'orsay', 'lsp' }, filetypes = { 'scxml' }, root_markers = { '.git' } }
  vim.lsp.enable('orsay')`;

/** Adds `lsp`. Only it loads the library of the protocol. */
export function addLspCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('lsp')
    .description('Serve the Language Server Protocol to an editor, over standard input and output.')
    .option('--stdio', 'accepted, because editors add it: nothing else is served')
    .option('--clientProcessId <id>', 'accepted: the server ends with its standard input')
    .addHelpText('after', EXAMPLE)
    .action(async () => {
      const { lspCommand } = await import('./lspCommand.ts');
      end(await lspCommand(io));
    });
}
