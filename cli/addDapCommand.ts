import type { Command } from 'commander';
import type { ProgramParts } from './commandIo.ts';

const EXAMPLE = `
Editors start it, for example Neovim with nvim-dap:
  require('dap').adapters.orsay = { type = 'executable', command = 'orsay', args = { 'dap' } }
  require('dap').configurations.scxml = { { type = 'orsay', request = 'launch', program = '\${file}' } }`;

/** Adds `dap`. Only it loads the library of the protocol. */
export function addDapCommand(program: Command, { io, end }: ProgramParts): void {
  program
    .command('dap')
    .description('Serve the Debug Adapter Protocol to an editor, over standard input and output.')
    .addHelpText('after', EXAMPLE)
    .action(async () => {
      const { dapCommand } = await import('./dap/dapCommand.ts');
      end(await dapCommand(io));
    });
}
