import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Problem } from '../../engine/interpreter/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import type { Templates } from '../../strategies/callback/index.ts';
import type { ServiceOptions } from '../../strategies/options/index.ts';
import { type CheckDocument, checkTemplate } from './checkTemplate.ts';
import { MANIFEST_FILE, readManifest, type TemplateManifest } from './manifest.ts';
import { defaultsOf, unreadOptions } from './manifestOptions.ts';
import { filesUnder, TemplateFiles } from './templateFiles.ts';
import { TemplateVersions } from './templateVersions.ts';
import type { TemplateView } from './templateView.ts';
import type { VersionFiles } from './versionFiles.ts';

/** The files of templates are below this path: `<template>/<file>` or `<template>~<version>/<file>`. */
export const TEMPLATE_PATH = '/genesys/1/document/service_template/';

const POINTERS = 'template';
const VERSION_LENGTH = 16;
/** `<template>~<version>`. */
const VERSIONED = /^(.+)~([0-9a-f]+)$/;

/**
 * The installed templates, and the uploaded ones that replace them. An upload is a version named by the
 * hash of its content, and a record that points to the version; committing the record switches to it. The
 * files of earlier versions are kept, because sessions that started from their URLs (<template>~<version>)
 * may still read them.
 */
export class TemplateStore implements Templates {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #baseUrl: () => string;
  readonly #checkDocument: CheckDocument;
  readonly #installedFolder: string;
  readonly #installed: ReadonlyMap<string, TemplateView>;
  readonly #versionFiles: VersionFiles;
  readonly #files: TemplateFiles;
  readonly #versions: TemplateVersions;
  /** By the bytes of the file, which TemplateFiles keeps while they are current. */
  readonly #manifests = new WeakMap<Uint8Array, TemplateManifest>();
  /** Changes with every change of the templates that names stand for. */
  #generation = 0;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** Folder of the installed documents: a folder for each template. */
    readonly installed: string;
    /** The files of uploads. */
    readonly versionFiles: VersionFiles;
    readonly baseUrl: () => string;
    readonly checkDocument: CheckDocument;
  }) {
    this.#durable = deps.durable;
    this.#versions = new TemplateVersions(deps.durable);
    this.#clock = deps.clock;
    this.#baseUrl = deps.baseUrl;
    this.#checkDocument = deps.checkDocument;
    this.#installedFolder = deps.installed;
    this.#installed = readInstalled(deps.installed);
    this.#versionFiles = deps.versionFiles;
    this.#files = new TemplateFiles(deps.versionFiles);
    deps.durable.onChange([POINTERS], () => {
      this.#generation += 1;
    });
  }

  list(): readonly TemplateView[] {
    const uploaded = [...this.#durable.scan<TemplateView>(POINTERS)].map(({ value }) => value);
    const names = new Set(uploaded.map(({ name }) => name));
    const installed = [...this.#installed.values()].filter(({ name }) => !names.has(name));
    return [...uploaded, ...installed].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): TemplateView | undefined {
    return this.#uploaded(name) ?? this.#installed.get(name);
  }

  /** True for a template of the installation, also while an upload replaces it. */
  isInstalled(name: string): boolean {
    return this.#installed.has(name);
  }

  /** The last MAX_VERSIONS that were uploaded under the name, newest first, also when it is removed. */
  versions(name: string): readonly TemplateView[] {
    const kept = this.#versions.list(name);
    const present = this.#uploaded(name);
    const isKept = kept.some(({ version }) => version === present?.version);
    return present === undefined || isKept ? kept : [present, ...kept];
  }

  files(name: string): readonly string[] | undefined {
    return this.get(name)?.files;
  }

  url(name: string, path: string): string {
    const version = this.#uploaded(name)?.version;
    const folder = version === undefined ? name : `${name}~${version}`;
    const escaped = path.split('/').map(encodeURIComponent).join('/');
    return `${this.#baseUrl()}${TEMPLATE_PATH}${folder}/${escaped}`;
  }

  /**
   * Content of a file, which the caller must not change; `name` may be '<template>~<version>'. Undefined when
   * there is no such file.
   */
  async read(name: string, path: string): Promise<Uint8Array | undefined> {
    const versioned = VERSIONED.exec(name);
    if (versioned) return this.#files.readVersion(versioned[2] as string, path);
    const { files, version } = this.get(name) ?? {};
    if (!files?.includes(path)) return undefined;
    if (version === undefined) return this.#files.readInstalled(join(this.#installedFolder, name), path);
    return this.#files.readVersion(version, path);
  }

  /**
   * Defaults of its manifest for services that set nothing. Documents and code of the installation have
   * theirs inside; written out, they would be a part of each instance.
   */
  defaults(name: string): ServiceOptions {
    return this.#uploaded(name)?.manifest?.defaults ?? {};
  }

  /** Undefined: it has none. Rejects with ScenarioError when an installed one was damaged. */
  async manifest(name: string): Promise<TemplateManifest | undefined> {
    const bytes = await this.read(name, MANIFEST_FILE);
    if (bytes === undefined) return undefined;
    const known = this.#manifests.get(bytes) ?? readManifest(bytes, MANIFEST_FILE);
    this.#manifests.set(bytes, known);
    return known;
  }

  /** Content of the file at a path below TEMPLATE_PATH. Undefined when there is no such file. */
  async readAt(path: string): Promise<Uint8Array | undefined> {
    const named = namedIn(path);
    return named && this.read(named.template, named.file);
  }

  /** As WatchTexts, for paths below TEMPLATE_PATH. Another path never holds. */
  watch(): (paths: readonly (string | undefined)[]) => { holds(): boolean } {
    const generation = this.#generation;
    return (paths) => {
      const until = performance.now() + Math.min(...paths.map((path) => this.#keptMs(path)));
      return { holds: () => this.#generation === generation && performance.now() < until };
    };
  }

  #keptMs(path: string | undefined): number {
    const named = path?.startsWith(TEMPLATE_PATH) ? namedIn(path) : undefined;
    if (named === undefined) return 0;
    const { template, file } = named;
    // A version never changes. A name stands for the same version in this generation.
    if (VERSIONED.test(template) || this.#uploaded(template) !== undefined) return Number.POSITIVE_INFINITY;
    return this.#files.installedMs(join(this.#installedFolder, template), file);
  }

  /** The problems of a template that is to be put: of its documents and of its manifest. */
  check(name: string, files: ReadonlyMap<string, Uint8Array>): Promise<readonly Problem[]> {
    const baseUrl = `${this.#baseUrl()}${TEMPLATE_PATH}${name}`;
    return checkTemplate(files, { baseUrl, checkDocument: this.#checkDocument });
  }

  /**
   * Makes these files the template, all at once. `alongside` gives a batch that joins the commit, from the
   * present template.
   */
  async put(
    name: string,
    files: ReadonlyMap<string, Uint8Array>,
    alongside: (replaced: TemplateView | undefined) => Batch,
  ): Promise<TemplateView> {
    const version = await versionOf(files);
    await this.#versionFiles.write(version, files);
    const view: TemplateView = {
      name,
      origin: 'uploaded',
      version,
      files: [...files.keys()].sort(),
      uploadedAt: this.#clock.now(),
      ...defined({ manifest: manifestIn(files) }),
    };
    await this.#use(view, alongside(this.get(name)));
    return view;
  }

  /**
   * Makes a version that was uploaded before the template again. `alongside` joins the commit. Undefined: no
   * such version was uploaded under the name.
   */
  async rollBack(name: string, version: string, alongside: Batch): Promise<TemplateView | undefined> {
    const view = this.versions(name).find((kept) => kept.version === version);
    if (view === undefined) return undefined;
    await this.#use(view, alongside);
    return view;
  }

  /**
   * False when no template of that name was uploaded. An installed template of the name is used again.
   * `alongside` joins the commit.
   */
  async remove(name: string, alongside: Batch): Promise<boolean> {
    if (this.#uploaded(name) === undefined) return false;
    const remove = [{ table: POINTERS, key: name }];
    await this.#durable.commit(joinBatches({ remove }, alongside));
    return true;
  }

  async #use(view: TemplateView, alongside: Batch): Promise<void> {
    const put = [{ table: POINTERS, key: view.name, value: view }];
    // A server that did not keep versions may have uploaded the present one.
    const present = this.#uploaded(view.name);
    const kept = [present, view].flatMap((version) => (version ? [this.#versions.batchOf(version)] : []));
    await this.#durable.commit(joinBatches({ put }, kept, alongside));
  }

  #uploaded(name: string): TemplateView | undefined {
    return this.#durable.get<TemplateView>(POINTERS, name);
  }
}

/** The files were checked. */
function manifestIn(files: ReadonlyMap<string, Uint8Array>): TemplateView['manifest'] {
  const bytes = files.get(MANIFEST_FILE);
  if (bytes === undefined) return undefined;
  const manifest = readManifest(bytes, MANIFEST_FILE);
  return { defaults: defaultsOf(manifest), unread: unreadOptions(manifest, files) };
}

function readInstalled(folder: string): ReadonlyMap<string, TemplateView> {
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  return new Map(
    names.map(({ name }) => [name, { name, origin: 'installed', files: filesUnder(join(folder, name)) }]),
  );
}

/** The template and the file of a path below TEMPLATE_PATH. Undefined: it names none. */
function namedIn(path: string): { readonly template: string; readonly file: string } | undefined {
  const [template, ...file] = path.slice(TEMPLATE_PATH.length).split('/').map(decodePart);
  if (file.length === 0 || template === undefined || file.includes(undefined)) return undefined;
  return { template, file: file.join('/') };
}

/** Undefined: the part of the path is not a valid escape. */
function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    // The URL names no file.
    return undefined;
  }
}

/** Yields to other work after each file. */
async function versionOf(files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort()) {
    const content = files.get(path) as Uint8Array;
    hash.update(`${path}\0${content.length}\0`).update(content);
    await setImmediate();
  }
  return hash.digest('hex').slice(0, VERSION_LENGTH);
}
