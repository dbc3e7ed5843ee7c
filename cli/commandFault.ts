import type { Json } from '../engine/ports/index.ts';
import { EXIT, type Exit } from './exit.ts';

/** The end of a command, with a message for the user. */
export class CommandFault extends Error {
  readonly code: string;
  readonly exit: Exit;
  /** The message without the code, which a refusal of a server has in front. */
  readonly text: string;
  /** All fields of the refusal of a server. */
  readonly details: { readonly [name: string]: Json } | undefined;

  constructor({ code, exit, text, details }: CommandFaultFields, options?: ErrorOptions) {
    super(exit === EXIT.REFUSED ? `${code}: ${text}` : text, options);
    this.name = 'CommandFault';
    this.code = code;
    this.exit = exit;
    this.text = text;
    this.details = details;
  }
}

interface CommandFaultFields extends Pick<CommandFault, 'code' | 'exit' | 'text'> {
  readonly details?: CommandFault['details'];
}

/** The command line is wrong in a way that the reader of options does not see. */
export function wrongUse(text: string, options?: ErrorOptions): CommandFault {
  return new CommandFault({ code: 'WRONG_USE', exit: EXIT.WRONG_USE, text }, options);
}

/** Any thrown error as the end of a command. */
export function faultOf(error: unknown): CommandFault {
  if (error instanceof CommandFault) return error;
  if (!(error instanceof Error)) {
    return new CommandFault({ code: 'FAILED', exit: EXIT.FAILED, text: String(error) });
  }
  const { message: text, syscall, path } = error as NodeJS.ErrnoException;
  // An error of a file that the command line names.
  return syscall !== undefined && path !== undefined
    ? new CommandFault({ code: 'FILE_UNREADABLE', exit: EXIT.WRONG_USE, text }, { cause: error })
    : new CommandFault({ code: 'FAILED', exit: EXIT.FAILED, text }, { cause: error });
}
