import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs the benchmarks, each in a process of its own: `npm run bench` all, `npm run bench -- events timers`
 * two.
 */
const BENCHMARKS = {
  engine: 'engine.ts',
  events: 'host/events.ts',
  requests: 'host/requests.ts',
  createQuery: 'host/createQuery.ts',
  walk: 'host/walk.ts',
  guard: 'host/guard.ts',
  children: 'host/children.ts',
  cells: 'host/cells.ts',
  cellSnapshots: 'host/cellSnapshots.ts',
  timers: 'host/timers.ts',
  waiting: 'host/waiting.ts',
  availability: 'host/availability.ts',
  estimates: 'routing/estimates.ts',
  bayeux: 'host/bayeux.ts',
  disturbed: 'host/disturbed.ts',
  callbacks: 'host/callbacks.ts',
  routing: 'routing.ts',
} as const;

/** The same as in `npm start`. */
const SEMI_SPACE = '--max-semi-space-size=32';

const BUILT = new URL('built.mjs', import.meta.url).href;

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`Expected names of ${Object.keys(BENCHMARKS).join(', ')}; got ${unknown.join(', ')}.`);
  process.exit(2);
}
// The benchmarks measure the built product, as it is installed, without the loader that runs TypeScript.
const build = spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
if (build.status !== 0) process.exit(1);
let failed = 0;
for (const [name, script] of Object.entries(BENCHMARKS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const path = fileURLToPath(new URL(script, import.meta.url));
  const options = [SEMI_SPACE, '--import', 'tsx', '--import', BUILT];
  const { status } = spawnSync(process.execPath, [...options, path], { stdio: 'inherit' });
  if (status !== 0) failed++;
  console.log('');
}
process.exit(failed === 0 ? 0 : 1);
