import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** A stage whose steps have run: its file system, and how its container would be started. */
export interface Stage {
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly volumes: readonly string[];
  readonly healthcheck: readonly string[];
  readonly command: readonly string[];
}

/**
 * Runs the steps of a Dockerfile without Docker. The file system of each stage is a folder, and the paths of
 * the image that commands and variables name lead into it. The programs are those of this machine, not of the
 * base image.
 */
export function runDockerfile(context: string, folder: string): Stage {
  const ignored = readLines(join(context, '.dockerignore'));
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { name, text } of parse(readFileSync(join(context, 'Dockerfile'), 'utf8'))) {
    if (name === 'FROM') {
      const id = / AS (\S+)$/.exec(text)?.[1] ?? `stage${stages.size}`;
      stage = emptyStage(join(folder, id));
      stages.set(id, stage);
      continue;
    }
    if (stage === undefined) throw new Error(`Expected FROM first, got ${name}.`);
    stage = { ...stage, ...perform(name, text, stage) };
    for (const [id, { root }] of stages) if (root === stage.root) stages.set(id, stage);
  }
  if (stage === undefined) throw new Error('Expected a stage, got none.');
  return stage;

  function perform(name: string, text: string, at: Stage): Partial<Stage> {
    switch (name) {
      case 'WORKDIR':
        mkdirSync(join(at.root, text), { recursive: true });
        return { workdir: text };
      case 'ENV':
        return { env: { ...at.env, ...variable(text) } };
      case 'USER':
        return { user: text };
      case 'VOLUME':
        return { volumes: [...at.volumes, text] };
      case 'EXPOSE':
        return {};
      case 'HEALTHCHECK':
        return { healthcheck: JSON.parse(text.slice(text.indexOf('CMD ') + 4)) };
      case 'CMD':
        return { command: JSON.parse(text) };
      case 'RUN':
        runIn(at, text);
        return {};
      case 'COPY':
        copy(text, at);
        return {};
      default:
        throw new Error(`Expected a known instruction, got ${name}.`);
    }
  }

  function copy(text: string, at: Stage): void {
    const words = text.split(' ');
    const from = /^--from=(.*)$/.exec(words[0]!)?.[1];
    const [to, ...sources] = (from === undefined ? words : words.slice(1)).reverse();
    const target = resolve(at.root + at.workdir, to!);
    for (const source of sources) {
      const path = from === undefined ? join(context, source) : join(stages.get(from)!.root, source);
      const isFolderOf = to!.endsWith('/') && source !== '.';
      cpSync(path, isFolderOf ? join(target, basename(source)) : target, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (file) => from !== undefined || !ignored.some((name) => file === join(context, name)),
      });
    }
  }
}

/** Paths of the image, as paths of this machine. */
export function mapped(stage: Stage, text: string): string {
  return [stage.workdir, ...stage.volumes, '/data'].reduce(
    (all, path) => all.replace(new RegExp(`(?<![\\w/.])${path}(?![\\w])`, 'g'), stage.root + path),
    text,
  );
}

function runIn(stage: Stage, script: string): void {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', mapped(stage, script)], {
    cwd: stage.root + stage.workdir,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...stage.env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`RUN ${script} ended with ${status}: ${stdout}${stderr}`);
}

function emptyStage(root: string): Stage {
  if (existsSync(root)) throw new Error(`Expected no folder ${root}.`);
  mkdirSync(root);
  chmodSync(root, 0o755);
  return { root, workdir: '/', env: {}, user: undefined, volumes: [], healthcheck: [], command: [] };
}

function variable(text: string): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  return { [text.slice(0, at)]: text.slice(at + 1) };
}

function parse(text: string): readonly Instruction[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ name: line.slice(0, line.indexOf(' ')), text: line.slice(line.indexOf(' ') + 1) }));
}

function readLines(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
