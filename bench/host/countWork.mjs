import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { threadId } from 'node:worker_threads';

// Preloaded into the server by the benchmark `walk`. It counts work of the main thread by replacing functions
// of Node.js, and prints the counts when it gets SIGUSR2.

const counts = { writes: 0, bytes: 0, opened: 0, replies: 0 };

function counted(owner, name, count) {
  const original = owner[name];
  owner[name] = function (...args) {
    count(args);
    return Reflect.apply(original, this, args);
  };
}

if (threadId === 0) {
  counted(fs, 'write', ([, , , length]) => {
    counts.writes++;
    counts.bytes += length;
  });
  counted(fsPromises, 'open', () => counts.opened++);
  counted(fsPromises, 'readFile', () => counts.opened++);
  counted(ServerResponse.prototype, 'writeHead', () => counts.replies++);
  syncBuiltinESMExports();
  process.on('SIGUSR2', () => console.log(`counts ${JSON.stringify(counts)}`));
}
