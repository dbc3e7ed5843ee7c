import { isDeepStrictEqual } from 'node:util';
import { type Durable, joinBatches } from '../../engine/durable/index.ts';
import { defined, type Json, type Log } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import { ineffectiveOptions } from '../../strategies/options/index.ts';
import { type ConfigPart, type LiveConfiguration, type PartChange, partRefused } from '../admin/index.ts';
import { WireError } from '../errors/index.ts';
import { type Config, ConfigError, jsonOf, parseConfig, parseConfigText } from './config.ts';
import {
  differences,
  problemIn,
  requireAdministrator,
  requireConditions,
  requireOwnContent,
  requireTaken,
} from './configChecks.ts';
import { type ConfigText, changedMeanwhile, type PresentText } from './configText.ts';
import { editText, etagOf, isBelow, partOf, plain, valueAt } from './configValues.ts';
import { type CurrentConfig, LIVE_SECTIONS } from './currentConfig.ts';
import { recordedBatch, unrecordedSections } from './recordConfiguration.ts';

/** Other push services. The returned function lets them count. */
interface PreparedPush {
  /** Throws a ConfigError with each file that cannot be used. */
  prepare(config: Config): () => void;
}

/**
 * Changes parts of the configuration while the server runs.
 *
 * CF1. The text is written before the change counts, and before it is recorded. If the process ends in
 *      between, or the store fails, the change counts. The next start reads the text, and records the change
 *      itself (recordConfiguration).
 * CF2. The text is read again for each change. A part that a person changed in it since the server read it is
 *      replaced only if the request names its ETag.
 * CF3. The whole text is checked with the change in it, and so is the configuration that then counts. After a
 *      change the live sections are those of the text; the others stay as they were at the start, and so does
 *      chat.enable_notification_mode.
 * CF4. One change at a time.
 * CF5. A person's change of the live sections counts when `reload` reads it, or with the next change. A text
 *      with problems changes nothing, and neither does one that would open the server to everybody.
 * CF6. Push services are made before the text is written, because their files may be unusable, and count
 *      after it.
 */
export class ConfigChanges implements LiveConfiguration {
  readonly #text: ConfigText | undefined;
  readonly #current: CurrentConfig;
  readonly #durable: Durable;
  readonly #audit: AuditLog;
  readonly #log: Log;
  readonly #pinned: Partial<Config>;
  readonly #requireSecurity: (config: Config) => void;
  readonly #push: PreparedPush;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: {
    /** Undefined: the configuration has no text, and stays as it is. */
    readonly text: ConfigText | undefined;
    readonly current: CurrentConfig;
    readonly durable: Durable;
    readonly audit: AuditLog;
    readonly log: Log;
    /** Sections that the environment sets, whatever the file says. */
    readonly pinned?: Partial<Config> | undefined;
    /** Throws an Error when the server would not start with the configuration. */
    readonly requireSecurity?: ((config: Config) => void) | undefined;
    readonly push: PreparedPush;
  }) {
    this.#pinned = deps.pinned ?? {};
    this.#requireSecurity = deps.requireSecurity ?? (() => {});
    this.#push = deps.push;
    this.#text = deps.text;
    this.#current = deps.current;
    this.#durable = deps.durable;
    this.#audit = deps.audit;
    this.#log = deps.log;
  }

  async read(path: readonly string[]): Promise<ConfigPart> {
    if (this.#text === undefined) return partOf(plain(this.#current.whole), path);
    const { content } = await this.#readText();
    return partOf(content, path);
  }

  change(change: PartChange): Promise<ConfigPart> {
    return this.#inTurn(() => this.#change(change));
  }

  /** CF5. Never rejects: a text that cannot be used is logged. */
  reload(): Promise<void> {
    return this.#inTurn(() => this.#reload()).catch((error: unknown) => {
      // The cause may have a piece of the text, which has secrets.
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error({ reason }, 'The changed configuration cannot be used; the earlier one counts.');
    });
  }

  /** CF4. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task);
    this.#last = done.catch(() => {});
    return done;
  }

  async #reload(): Promise<void> {
    const { present } = await this.#readText();
    const read = await parseConfigText(present.text, this.#requireText());
    const live: readonly string[] = LIVE_SECTIONS;
    const later = unrecordedSections(read, this.#durable)
      .filter((section) => !live.includes(section))
      .concat(hasOtherMode(read, this.#current.whole) ? ['chat.enable_notification_mode'] : []);
    const next = this.#merged(read);
    const sections = this.#sectionsChanged(next);
    if (later.length > 0) {
      this.#log.warn({ sections: later }, 'Changed sections of the configuration count from the next start.');
    }
    if (sections.length === 0) return;
    requireAdministrator(this.#current.whole, next);
    this.#requireSecurity(next);
    const letCount = this.#prepared(next, sections);
    this.#current.replace(next);
    letCount();
    this.#log.info({ sections }, 'Changed sections of the configuration count now.');
    if (sections.includes('services')) warnOfIneffective(this.#log, next.services);
    const entry = { who: 'server', action: 'configuration.changed', details: { sections } } as const;
    await this.#durable.commit(
      joinBatches(this.#audit.batch(entry), recordedBatch(liveSections(read), this.#durable)),
    );
  }

  async #change(change: PartChange): Promise<ConfigPart> {
    const source = this.#requireText();
    const { path } = change;
    const { present: opened, content: before } = await this.#readText();
    const { text } = opened;
    const present = valueAt(before, path);
    requireOwnContent(before, path);
    this.#requirePresent(present, change);
    const value = change.edit(present);
    const edited = editText(text, path, value);
    const read = await this.#check(() => parseConfigText(edited, source), path, value);
    const next = await this.#check(async () => this.#merged(read), path, value);
    requireTaken([JSON.parse(edited), plain(next)], path, value);
    requireAdministrator(this.#current.whole, next);
    await change.check?.(value);
    const after = partOf(JSON.parse(edited), path);
    const sections = this.#sectionsChanged(next);
    if (edited === text && sections.length === 0 && path[0] !== 'push') return after;
    // The files that the section push names may have changed, although the section did not.
    const letCount = await this.#check(
      async () => this.#prepared(next, [...sections, path[0]!]),
      path,
      value,
    );

    await opened.replace(edited);
    const others = this.#othersChanged(next, path);
    this.#current.replace(next);
    letCount();
    const name = path[0] === 'services' && value !== undefined ? path[1]! : undefined;
    if (name !== undefined) warnOfIneffective(this.#log, { [name]: next.services[name]! });
    const entry = change.record(present, value);
    const details = { ...entry.details, ...(others.length > 0 && { alsoFromFile: others }) };
    await this.#durable.commit(
      joinBatches(this.#audit.batch({ ...entry, details }), recordedBatch(liveSections(read), this.#durable)),
    );
    return after;
  }

  #requireText(): ConfigText {
    if (this.#text !== undefined) return this.#text;
    throw new WireError('UNAVAILABLE', {
      message: 'The server has no data directory: its configuration is in no file.',
    });
  }

  async #readText(): Promise<{ readonly present: PresentText; readonly content: Json }> {
    const { place } = this.#requireText();
    const present = await this.#requireText().read();
    try {
      return { present, content: jsonOf(present.text, place) as Json };
    } catch (cause) {
      // The message of the parser has a piece of the text, which may be a secret.
      throw new WireError('CONFLICT', { message: `Expected JSON in ${place}, got something else.`, cause });
    }
  }

  /** CF2. */
  #requirePresent(present: Json | undefined, { path, ifMatch, ifNoneMatch }: PartChange): void {
    requireConditions({ value: present, etag: etagOf(present) }, defined({ ifMatch, ifNoneMatch }), path);
    if (ifMatch !== undefined) return;
    // A list that the file leaves out is empty.
    if (isDeepStrictEqual(present ?? {}, valueAt(plain(this.#current.whole), path) ?? {})) return;
    throw changedMeanwhile(this.#requireText().place, path);
  }

  /** The configuration that counts with these live sections. Throws a ConfigError. */
  #merged(read: Config): Config {
    const { whole } = this.#current;
    const live = liveSections(read);
    const { enable_notification_mode } = whole.chat;
    const chat = { ...live.chat, enable_notification_mode };
    return parseConfig({ ...whole, ...live, chat, ...this.#pinned }, 'that counts now');
  }

  /** The live sections that the next configuration has in another form. */
  #sectionsChanged(next: Config): readonly string[] {
    const [before, after] = [plain(this.#current.whole), plain(next)];
    return LIVE_SECTIONS.filter(
      (name) => !isDeepStrictEqual(valueAt(before, [name]), valueAt(after, [name])),
    );
  }

  /** CF6. */
  #prepared(next: Config, sections: readonly string[]): () => void {
    return sections.includes('push') ? this.#push.prepare(next) : () => {};
  }

  /** Problems of the value itself are the sender's; others are a conflict with the rest of the file. */
  async #check<T>(parse: () => Promise<T>, path: readonly string[], value: Json | undefined): Promise<T> {
    try {
      return await parse();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const own = error.details.filter((one) => value !== undefined && isBelow(one.path, path));
      if (own.length > 0) throw partRefused(own.map((one) => problemIn(one, path, value)));
      throw new WireError('CONFLICT', {
        message: `The change does not fit the rest of the configuration:\n${error.problems.join('\n')}`,
        details: {
          problems: error.details.map(({ path: at, message }) => ({ field: at.join('.'), message })),
        },
        cause: error,
      });
    }
  }

  /** Parts that a person changed in the file before, and that count now too. */
  #othersChanged(next: Config, path: readonly string[]): readonly string[] {
    const [before, after] = [plain(this.#current.whole), plain(next)];
    return LIVE_SECTIONS.flatMap((section) =>
      differences({ from: valueAt(before, [section]), to: valueAt(after, [section]) }, [section], path),
    );
  }
}

/** Logs the options of services that are set and have no effect here. */
export function warnOfIneffective(log: Log, services: Config['services']): void {
  for (const ineffective of ineffectiveOptions(services)) {
    log.warn({ ...ineffective }, `The option ${ineffective.option} is set and has no effect.`);
  }
}

function liveSections(config: Config): Pick<Config, (typeof LIVE_SECTIONS)[number]> {
  const { services, patterns, lists, users, administrator, desktop, push, chat, openMedia, traces } = config;
  return { services, patterns, lists, users, administrator, desktop, push, chat, openMedia, traces };
}

/** The channel of Chat V2 is there from the start, or not at all. */
function hasOtherMode(read: Config, present: Config): boolean {
  return read.chat.enable_notification_mode !== present.chat.enable_notification_mode;
}
