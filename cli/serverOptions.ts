import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandIo } from './commandIo.ts';
import { DEFAULT_SERVER, readServerUrl, ServerClient } from './serverClient.ts';

export interface ServerFlags {
  readonly server: string;
  readonly user?: string;
}

/** A running server, and where the command prints. */
export interface AdminTarget {
  readonly io: CommandIo;
  readonly client: ServerClient;
}

/** Adds the options of all commands for a running server. The environment has the password. */
export function addServerOptions(command: Command, io: CommandIo): Command {
  return command.addOption(serverOptionOf(io)).addOption(userOption());
}

/** As `env()` of the option, which would read the environment of this process. */
export function serverOptionOf({ env }: CommandIo): Option {
  const { ORSAY_URL: url } = env;
  return new Option('--server <url>', 'URL of the server (env: ORSAY_URL)')
    .default(url ?? DEFAULT_SERVER, DEFAULT_SERVER)
    .argParser(readServer);
}

export function userOption(): Option {
  return new Option(
    '--user <name>',
    'user of the server (env: ORSAY_ADMIN_USER); ORSAY_ADMIN_PASSWORD has the password',
  );
}

export function targetOf(io: CommandIo, flags: ServerFlags): AdminTarget {
  return { io, client: clientOf(io, flags) };
}

/** Throws an Error with a message for the user. */
export function clientOf(io: CommandIo, { server, user }: ServerFlags): ServerClient {
  const env = user === undefined ? io.env : { ...io.env, ORSAY_ADMIN_USER: user };
  return new ServerClient(readServerUrl(server), env, (work) =>
    io.progress.during(`Waiting for ${server}`, work),
  );
}

export function readServer(text: string): string {
  try {
    return readServerUrl(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}
