import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../../server/process/index.ts';
import { type ServerProcess, startOrsayProcess } from '../../test/support/crash/orsayProcess.ts';

/** The benchmarks create more callbacks than the limits of a new installation allow. */
const WITHOUT_LIMITS = {
  _max_queued_callbacks_per_service: '999999999',
  _throttle_ttl_1: '0',
  _throttle_ttl_2: '0',
  _throttle_request_parameters_limit: '999999999',
};

/**
 * Starts the built server in a process of its own, with the data directory `folder` and the option
 * `engine.sandbox`. `changed`: options of the service chat-delay, and sections, that differ from the
 * configuration of a new installation. `env`: variables of its environment.
 */
export async function startOrsay(
  folder: string,
  sandbox: 'none' | 'uploaded' | 'all',
  changed: {
    readonly chatDelay?: Readonly<Record<string, string>>;
    readonly sections?: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<ServerProcess> {
  await readConfigFile(folder);
  const path = join(folder, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  config.engine.sandbox = sandbox;
  Object.assign(config.services['chat-delay'], WITHOUT_LIMITS, changed.chatDelay);
  Object.assign(config, changed.sections);
  writeFileSync(path, JSON.stringify(config));
  return startOrsayProcess(folder, changed.env, true);
}

/** Milliseconds of one tick in /proc/<pid>/stat. */
const TICK_MS = 10;

/** Processor time of a process so far, in ms, of all its threads. Linux only. */
export function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Anonymous memory of a process in MB, without the mapped store. Linux only. */
export function anonymousMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}
