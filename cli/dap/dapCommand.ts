import type { CommandIo } from '../commandIo.ts';
import { EXIT, type Exit } from '../exit.ts';
import { ScxmlDebugSession } from './scxmlDebugSession.ts';

/** Serves an editor until it disconnects, or closes the standard input. */
export function dapCommand(io: CommandIo): Promise<Exit> {
  return new Promise((resolve) => {
    const session = new ScxmlDebugSession(io, () => {
      io.stdin.destroy();
      resolve(EXIT.OK);
    });
    io.stdin.on('end', () => session.shutdown());
    session.start(io.stdin, io.stdout);
  });
}
