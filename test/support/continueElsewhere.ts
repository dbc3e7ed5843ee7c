import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { ContinueRequest } from './processes/continueSessions.ts';
import type { Played } from './sessionPlay.ts';
import { builtProgram } from './testBuild.ts';

/** Another process, which restores sessions from their snapshots. */
export interface OtherProcess {
  continueSession(request: ContinueRequest): Promise<Played>;
  end(): void;
}

/** Starts the process. It reads lines and answers in order. */
export function startOtherProcess(): OtherProcess {
  const program = builtProgram('test/support/processes/continueSessions.ts');
  const child: ChildProcess = spawn(process.execPath, [program], {
    cwd: resolve(import.meta.dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: { resolve: (played: Played) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const result = JSON.parse(line) as Played & { readonly error?: string };
    const waiter = waiting.shift();
    if (result.error === undefined) waiter?.resolve(result);
    else waiter?.reject(new Error(result.error));
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`The other process ended with ${code}.`));
  });
  return {
    continueSession: (request) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin!.write(`${JSON.stringify(request)}\n`);
      }),
    end: () => void child.stdin!.end(),
  };
}
