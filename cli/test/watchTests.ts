import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isScenarioName } from '../../engine/scenario/index.ts';
import { type CommandIo, printNote } from '../commandIo.ts';
import type { TestRun } from './testCommand.ts';

/** An editor writes several files at once: they are one change. */
const QUIET_MS = 100;

/** Runs the tests again after each change of a file that they read, until the standard input ends. */
export async function watchTests(
  io: CommandIo,
  paths: readonly string[],
  run: () => Promise<TestRun>,
): Promise<TestRun> {
  const ended = new Promise<void>((end) => void io.stdin.once('end', end).once('close', end));
  io.stdin.resume();
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  for (;;) {
    const since = io.clock.now();
    const last = await run();
    if (isOver) return last;
    const folders = await foldersOf(io, paths, last.files);
    const files = new Set(last.files.map(localPath));
    const change = nextChange(io, folders, files, ended);
    printNote(io, 'Waiting for a change of these files; Ctrl+C ends.');
    // A file that changed during the run has told no watcher.
    if (!(await isNewer(files, since))) await change.happened;
    change.stop();
    if (isOver) return last;
  }
}

async function isNewer(files: Iterable<string>, since: number): Promise<boolean> {
  const facts = await Promise.all([...files].map((file) => stat(file).catch(() => undefined)));
  return facts.some((found) => found !== undefined && found.mtimeMs >= since);
}

function localPath(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}

async function foldersOf(
  io: CommandIo,
  paths: readonly string[],
  files: readonly string[],
): Promise<ReadonlyMap<string, { readonly recursive: boolean }>> {
  const folders = new Map<string, { readonly recursive: boolean }>();
  for (const file of files.map(localPath)) folders.set(dirname(file), { recursive: false });
  for (const path of paths.map((source) => resolve(io.cwd, source))) {
    const facts = await stat(path).catch(() => undefined);
    if (facts?.isDirectory()) folders.set(path, { recursive: true });
  }
  return folders;
}

/** `happened` resolves some time after a file that the tests read, or a scenario, has changed. */
function nextChange(
  io: CommandIo,
  folders: ReadonlyMap<string, { readonly recursive: boolean }>,
  files: ReadonlySet<string>,
  ended: Promise<void>,
): { readonly happened: Promise<void>; stop(): void } {
  let cancel: (() => void) | undefined;
  let finish: () => void = () => undefined;
  const changed = new Promise<void>((done) => {
    finish = done;
  });
  const watchers = [...folders].map(([folder, options]) =>
    watch(folder, options, (_change, name) => {
      const path = resolve(folder, name ?? '');
      if (!files.has(path) && !isScenarioName(path)) return;
      cancel?.();
      cancel = io.clock.at(io.clock.now() + QUIET_MS, finish);
    }).on('error', finish),
  );
  const stop = (): void => {
    cancel?.();
    for (const watcher of watchers) watcher.close();
  };
  return { happened: Promise.race([changed, ended]), stop };
}
