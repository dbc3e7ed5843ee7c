import { spawnSync } from 'node:child_process';
import { createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inspectStore } from '../../engine/durable/lmdb/inspectStore.ts';
import { splitName } from '../../engine/durable/lmdb/recordNames.ts';
import { storeFiles } from '../../engine/durable/lmdb/storeFiles.ts';
import type { StoreOperation } from '../../engine/durable/storePort.ts';
import { builtProgram } from './testBuild.ts';

/** Units in which a disk may keep a part of a write. */
const UNITS = [512, 4_096];
const SYSTEM_CALLS = 'openat,close,lseek,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEYS = 300;

/** The operations of the n-th write of the load: a record of two tables, and the number. */
export function crashOperations(number: number): readonly StoreOperation[] {
  const key = `key ${(number * 7) % KEYS}`;
  const isRemoval = number % 11 === 0;
  const text = isRemoval ? null : `${number} ${'x'.repeat((number * 613) % 2_500)}`;
  return [
    { table: 't', key, text },
    { table: 'u', key, text: isRemoval ? null : String(number) },
    { table: 'v', key: 'number', text: String(number) },
  ];
}

/** The records after the first `number` writes, as text. */
export function recordsAfter(number: number): string {
  const records = new Map<string, string>();
  for (let write = 1; write <= number; write++) {
    for (const { table, key, text } of crashOperations(write)) {
      if (text === null) records.delete(`${table}\0${key}`);
      else records.set(`${table}\0${key}`, text);
    }
  }
  return JSON.stringify([...records].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A system call of the load that changes a file, or makes changes durable. */
type Event =
  | { readonly kind: 'begin'; readonly write: Write }
  | { readonly kind: 'end'; readonly write: Write }
  | { readonly kind: 'beginSync'; readonly sync: Sync }
  | { readonly kind: 'endSync'; readonly sync: Sync }
  | { readonly kind: 'create'; readonly file: string }
  | { readonly kind: 'acked'; readonly number: number };

interface Write {
  readonly file: string;
  readonly at: number;
  readonly bytes: Buffer;
  /** It is durable when it ends. */
  readonly isSynced: boolean;
}

interface Sync {
  /** FOLDER: the names of the files become durable. */
  readonly file: string;
}

const FOLDER = '.';

/** True where the load can be recorded. */
export function canRecord(): boolean {
  return spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
}

/** Runs the load under strace, and returns its writes, syncs and acknowledgements in their order. */
export async function recordLoad(folder: string, writes: number): Promise<readonly Event[]> {
  const record = join(folder, 'record');
  const store = join(folder, 'load');
  const program = builtProgram('test/support/processes/crashLoad.ts');
  const strace = [
    '-f',
    '-y',
    '-xx',
    '-s',
    '9000000',
    '-e',
    `trace=${SYSTEM_CALLS}`,
    '--signal=none',
    '-o',
    record,
  ];
  const node = [process.execPath, program, store, String(writes)];
  const run = spawnSync('strace', [...strace, ...node], { cwd: ROOT, encoding: 'utf8' });
  if (run.signal !== 'SIGKILL') throw new Error(`The load failed: ${run.stderr}`);
  const recorder = new Recorder(store);
  for await (const line of createInterface({ input: createReadStream(record) })) recorder.line(line);
  rmSync(record);
  return recorder.events;
}

/** Reads the lines of strace. */
class Recorder {
  readonly events: Event[] = [];
  readonly #store: string;
  /** The beginning of the line of a call that another thread interrupted. */
  readonly #unfinished = new Map<string, { readonly text: string; readonly begun: Begun | undefined }>();
  /** Open files whose writes are synced. */
  readonly #synced = new Set<string>();
  readonly #offsets = new Map<string, number>();

  constructor(store: string) {
    this.#store = store;
  }

  line(line: string): void {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      const text = rest.slice(0, -'<unfinished ...>'.length);
      this.#unfinished.set(pid, { text, begun: this.#begin(text) });
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const interrupted = resumed === null ? undefined : this.#unfinished.get(pid);
    this.#unfinished.delete(pid);
    const text = interrupted === undefined ? rest : `${interrupted.text}${resumed![1]}`;
    this.#end(text, interrupted === undefined ? this.#begin(text) : interrupted.begun);
  }

  #begin(text: string): Begun | undefined {
    const [, call = '', fd = '', path = ''] = /^(\w+)\((\d+)<([^>]*)>/.exec(text) ?? [];
    if (fd === '1' && call === 'write') {
      const [, number] = /^acked (\d+)/.exec(bytesOf(text).toString()) ?? [];
      return number === undefined ? undefined : { kind: 'acked', number: Number(number) };
    }
    const file = decoded(path);
    const isFolder = file === this.#store;
    if ((!isFolder && !file.startsWith(`${this.#store}/`)) || /lock|reserve/.test(basename(file)))
      return undefined;
    const name = isFolder ? FOLDER : basename(file);
    if (call === 'fsync' || call === 'fdatasync') {
      const sync = { file: name };
      this.events.push({ kind: 'beginSync', sync });
      return { kind: 'sync', sync };
    }
    if (!/^p?writev?(64)?$/.test(call)) return undefined;
    const bytes = bytesOf(text);
    const at = call.startsWith('p')
      ? Number(/, (\d+)\)? *(?:=.*)?$/.exec(text.replace(/\) *=.*$/, ')'))?.[1])
      : (this.#offsets.get(fd) ?? 0);
    const write = { file: name, at, bytes, isSynced: this.#synced.has(fd) };
    this.events.push({ kind: 'begin', write });
    return { kind: 'write', write };
  }

  #end(text: string, begun: Begun | undefined): void {
    if (begun?.kind === 'acked') this.events.push(begun);
    if (begun?.kind === 'write') this.events.push({ kind: 'end', write: begun.write });
    if (begun?.kind === 'sync') this.events.push({ kind: 'endSync', sync: begun.sync });
    const [, flags = '', opened] = /^openat\([^,]*, [^,]*, ([\w|]+).* = (\d+)</.exec(text) ?? [];
    if (opened !== undefined) {
      if (/O_DSYNC|O_SYNC/.test(flags)) this.#synced.add(opened);
      else this.#synced.delete(opened);
      this.#offsets.set(opened, 0);
      const path = decoded(/ = \d+<([^>]*)>/.exec(text)?.[1] ?? '');
      if (flags.includes('O_CREAT') && path.startsWith(`${this.#store}/`)) {
        this.events.push({ kind: 'create', file: basename(path) });
      }
    }
    const [, moved, offset] = /^lseek\((\d+)<[^>]*>, (\d+), SEEK_SET/.exec(text) ?? [];
    if (moved !== undefined) this.#offsets.set(moved, Number(offset));
  }
}

type Begun =
  | { readonly kind: 'acked'; readonly number: number }
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'sync'; readonly sync: Sync };

/** The bytes of all quoted strings of a line; strace writes each byte as \xHH. */
function bytesOf(text: string): Buffer {
  const strings = [...text.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
    hex.replaceAll('\\x', ''),
  );
  return Buffer.from(strings.join(''), 'hex');
}

/** A path of strace, which may be in hexadecimal as well. */
function decoded(path: string): string {
  return path.includes('\\x') ? Buffer.from(path.replaceAll('\\x', ''), 'hex').toString() : path;
}

interface Pending {
  readonly write: Write;
  hasEnded: boolean;
  /** The syncs that make it durable. */
  readonly coveredBy: Set<Sync>;
}

/** The files on a disk, and the writes that may not be on it yet. */
export class SimulatedDisk {
  readonly #files = new Map<string, Buffer>();
  /** Begun and not durable, in their order. */
  #pending: Pending[] = [];
  /** The files that were created, with the syncs of their folder since. */
  readonly #names = new Map<string, Set<Sync>>();
  readonly #durableNames = new Set<string>();
  acked = 0;

  apply(event: Event): void {
    switch (event.kind) {
      case 'begin':
        this.#pending.push({ write: event.write, hasEnded: false, coveredBy: new Set() });
        return;
      case 'end': {
        const found = this.#pending.find(({ write }) => write === event.write)!;
        found.hasEnded = true;
        if (event.write.isSynced) this.#keep((one) => one === found);
        return;
      }
      case 'beginSync':
        for (const { write, hasEnded, coveredBy } of this.#pending) {
          if (hasEnded && write.file === event.sync.file) coveredBy.add(event.sync);
        }
        for (const coveredBy of event.sync.file === FOLDER ? this.#names.values() : [])
          coveredBy.add(event.sync);
        return;
      case 'endSync':
        for (const [name, coveredBy] of this.#names) {
          if (coveredBy.has(event.sync)) this.#durableNames.add(name);
        }
        this.#keep(({ coveredBy }) => coveredBy.has(event.sync));
        return;
      case 'create':
        if (!this.#names.has(event.file)) this.#names.set(event.file, new Set());
        return;
      case 'acked':
        this.acked = event.number;
    }
  }

  /** Writes the files as a power failure may leave them now: of each pending write, some units are there. */
  crash(folder: string, random: () => number): void {
    const files = new Map([...this.#files].map(([name, content]) => [name, Buffer.from(content)]));
    const share = [0, 1, random(), random()][Math.floor(random() * 4)]!;
    const unit = UNITS[Math.floor(random() * UNITS.length)]!;
    for (const { write } of this.#pending) {
      for (let from = 0; from < write.bytes.length; from += unit) {
        if (random() < share)
          put(files, { ...write, at: write.at + from, bytes: write.bytes.subarray(from, from + unit) });
      }
    }
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const name of this.#names.keys()) {
      if (/lock|reserve/.test(name) || (!this.#durableNames.has(name) && random() < 0.5)) continue;
      writeFileSync(join(folder, name), files.get(name) ?? '');
    }
  }

  #keep(isKept: (one: Pending) => boolean): void {
    for (const one of this.#pending.filter(isKept)) put(this.#files, one.write);
    this.#pending = this.#pending.filter((one) => !isKept(one));
  }
}

function put(files: Map<string, Buffer>, { file, at, bytes }: Pick<Write, 'file' | 'at' | 'bytes'>): void {
  const found = files.get(file) ?? Buffer.alloc(0);
  const content =
    found.length >= at + bytes.length
      ? found
      : Buffer.concat([found, Buffer.alloc(at + bytes.length - found.length)]);
  bytes.copy(content, at);
  files.set(file, content);
}

/** The records of a store as the next start sees them, as text; or its problems. */
export function recordsIn(
  folder: string,
): { readonly text: string; readonly number: number } | { readonly problems: string } {
  const records = new Map<string, string>();
  const { problems, journal } = inspectStore(storeFiles(folder), (name, text) => {
    const { table, key } = splitName(name.toString());
    records.set(`${table}\0${key}`, text.toString());
  });
  if (problems.length > 0) return { problems: JSON.stringify(problems) };
  for (const { layer } of journal === undefined ? [] : [journal.lower, journal.active]) {
    for (const { table, key, text } of layer.changes()) {
      if (text === null) records.delete(`${table}\0${key}`);
      else records.set(`${table}\0${key}`, text);
    }
  }
  return {
    text: JSON.stringify([...records].sort(([a], [b]) => (a < b ? -1 : 1))),
    number: Number(records.get('v\0number') ?? 0),
  };
}
