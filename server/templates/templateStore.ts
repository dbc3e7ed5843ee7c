import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import type { Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { Templates } from '../../strategies/callback/index.ts';

export interface TemplateView {
  readonly name: string;
  readonly origin: 'installed' | 'uploaded';
  /** Content hash of an uploaded one. */
  readonly version?: string;
  readonly files: readonly string[];
  /** ms since epoch. */
  readonly uploadedAt?: number;
}

export interface TemplateStore extends Templates {
  list(): readonly TemplateView[];
  get(name: string): TemplateView | undefined;
  /** Content of a file; `name` may be '<template>~<version>'. Undefined when there is none. */
  read(name: string, path: string): Promise<Uint8Array | undefined>;
  /** Makes these files the template, at once and whole. */
  put(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<TemplateView>;
  /** False when nothing of that name was uploaded. An installed template of the name counts again. */
  remove(name: string): Promise<boolean>;
}

const POINTERS = 'template';
const VERSION_LENGTH = 16;

/**
 * Templates of the installation, and over them the uploaded ones. An upload is a folder named by its content
 * and a record that points to it; the switch is the commit of that record. Folders of earlier versions stay:
 * sessions started from their URLs (<template>~<version>) may still read from them.
 */
export function createTemplateStore(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  /** Folder of the installation's documents: one template a folder. */
  readonly installed: string;
  /** Where uploads are kept; absent: a temporary folder. */
  readonly uploads?: string;
  readonly baseUrl: () => string;
}): TemplateStore {
  const installed = readInstalled(deps.installed);
  const pointer = (name: string): TemplateView | undefined => deps.durable.get<TemplateView>(POINTERS, name);
  const get = (name: string): TemplateView | undefined => pointer(name) ?? installed.get(name);
  let uploads: Promise<string> | undefined;
  const uploadFolder = (): Promise<string> => {
    uploads ??=
      deps.uploads === undefined ? mkdtemp(join(tmpdir(), 'orsay-')) : Promise.resolve(deps.uploads);
    return uploads;
  };

  return {
    get,
    files: (name) => get(name)?.files,

    url(name, path) {
      const version = pointer(name)?.version;
      const folder = version === undefined ? name : `${name}~${version}`;
      const escaped = path.split('/').map(encodeURIComponent).join('/');
      return `${deps.baseUrl()}/genesys/1/document/service_template/${folder}/${escaped}`;
    },

    list() {
      const uploaded = [...deps.durable.scan<TemplateView>(POINTERS)].map(({ value }) => value);
      const names = new Set(uploaded.map(({ name }) => name));
      return [...uploaded, ...[...installed.values()].filter(({ name }) => !names.has(name))].sort((a, b) =>
        a.name < b.name ? -1 : 1,
      );
    },

    async read(name, path) {
      const versioned = /^(.+)~([0-9a-f]+)$/.exec(name);
      if (versioned) {
        return readVersion(join(await uploadFolder(), versioned[2] as string), path);
      }
      const template = get(name);
      if (!template?.files.includes(path)) {
        return undefined;
      }
      const folder =
        template.version === undefined
          ? join(deps.installed, name)
          : join(await uploadFolder(), template.version);
      return readFile(join(folder, ...path.split('/')));
    },

    async put(name, files) {
      const version = versionOf(files);
      await writeVersion(await uploadFolder(), version, files);
      const view: TemplateView = {
        name,
        origin: 'uploaded',
        version,
        files: [...files.keys()].sort(),
        uploadedAt: deps.clock.now(),
      };
      await deps.durable.commit({ put: [{ table: POINTERS, key: name, value: view }] });
      return view;
    },

    async remove(name) {
      if (pointer(name) === undefined) {
        return false;
      }
      await deps.durable.commit({ remove: [{ table: POINTERS, key: name }] });
      return true;
    },
  };
}

function readInstalled(folder: string): ReadonlyMap<string, TemplateView> {
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  return new Map(
    names.map(({ name }) => [name, { name, origin: 'installed', files: filesUnder(join(folder, name)) }]),
  );
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function versionOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort()) {
    const content = files.get(path) as Uint8Array;
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, VERSION_LENGTH);
}

/** Written beside and renamed: a folder that is there under its version is whole. */
async function writeVersion(
  uploads: string,
  version: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const target = join(uploads, version);
  if (existsSync(target)) {
    return;
  }
  await mkdir(uploads, { recursive: true });
  const draft = await mkdtemp(join(uploads, `.${version}-`));
  for (const [path, content] of files) {
    const file = join(draft, ...path.split('/'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { flush: true });
  }
  try {
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Somebody uploaded the same content at the same time.
    if (!existsSync(target)) {
      throw error;
    }
  }
}

async function readVersion(folder: string, path: string): Promise<Uint8Array | undefined> {
  if (!existsSync(folder) || !filesUnder(folder).includes(path)) {
    return undefined;
  }
  return readFile(join(folder, ...path.split('/')));
}
