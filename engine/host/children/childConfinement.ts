import { spawnSync } from 'node:child_process';

/** Commands to put before a child's own, each of which runs the rest in its place (the process id stays). */
export interface Confinement {
  readonly launcher: readonly string[];
  readonly names: readonly string[];
}

/** Above the limit on resident memory, which is the one that is meant: this one stops what outruns the looks at it. */
const DATA_HEADROOM_MB = 512;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * What this machine offers beyond Node's own means, tried once: a network namespace without any network, a
 * limit on data pages and no core dumps, and death with the parent. What is missing is left out.
 */
export function confinement(memoryMb: number): Confinement {
  if (process.platform !== 'linux') return { launcher: [], names: [] };
  const dataBytes = (memoryMb + DATA_HEADROOM_MB) * 1_048_576;
  const offers: readonly (readonly [string, readonly string[]])[] = [
    ['no network', ['unshare', '--map-root-user', '--net']],
    ['memory limit, no core dumps', ['prlimit', `--data=${dataBytes}`, '--core=0']],
    // Inmost: some of the others would clear the signal.
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

function works([file = '', ...args]: readonly string[]): boolean {
  const tried = spawnSync(file, [...args, 'true'], { stdio: 'ignore', timeout: PROBE_TIMEOUT_MS });
  return tried.status === 0;
}
