import { spawnSync } from 'node:child_process';

/** Commands that start a child: each replaces itself by the next one, so the process id stays. */
export interface Confinement {
  readonly launcher: readonly string[];
  readonly names: readonly string[];
}

/**
 * The limit of data pages is this much above that of resident memory: it stops a child that grows between two
 * checks.
 */
const DATA_HEADROOM_MB = 512;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Whether each command works. It is a variable of the module because the commands belong to the machine, not
 * to a pool of engine children.
 */
const tried = new Map<string, boolean>();

/**
 * Confinement by this machine in addition to Node's. Each is tried once: a network namespace without a
 * network, a limit of data pages and no core dumps, and an end with the parent. Those that do not work on
 * this machine are left out.
 */
export function confinement(memoryMb: number): Confinement {
  if (process.platform !== 'linux') return { launcher: [], names: [] };
  const dataBytes = (memoryMb + DATA_HEADROOM_MB) * 1_048_576;
  const offers: readonly (readonly [string, readonly string[]])[] = [
    ['no network', ['unshare', '--map-root-user', '--net']],
    ['memory limit, no core dumps', ['prlimit', `--data=${dataBytes}`, '--core=0']],
    // Last: some of the others would clear the signal.
    ['ends with its parent, no new privileges', ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs']],
  ];
  const launcher: string[] = [];
  const names: string[] = [];
  for (const [name, command] of offers) {
    if (!works([...launcher, ...command])) continue;
    launcher.push(...command);
    names.push(name);
  }
  return { launcher, names };
}

function works(command: readonly string[]): boolean {
  const key = command.join(' ');
  const known = tried.get(key);
  if (known !== undefined) return known;
  const [file = '', ...args] = command;
  const { status } = spawnSync(file, [...args, 'true'], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
  tried.set(key, status === 0);
  return status === 0;
}
