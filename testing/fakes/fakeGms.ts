import type { FetchReply, FetchRequest, ScriptRow } from '../../engine/interpreter/stepper/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { SharedTime } from '../sharedTime.ts';
import type { TestSession } from '../testSession.ts';
import { Failures, type FakeFailure } from './failures.ts';
import type { FakeChats } from './fakeChats.ts';
import { TestService } from './testService.ts';

/** A service of GMS. */
export interface FakeGmsService {
  readonly options: Readonly<Record<string, string>>;
  /** Starts a session of its document. */
  readonly open: (params: Params) => TestSession;
}

/** A notification that a document published. */
export interface SentNotification {
  readonly tag: string;
  /** The message, read if it is JSON. */
  readonly message: Json;
  readonly deviceId: string;
  readonly type: string;
  /** ms since epoch. */
  readonly at: number;
  /** The whole request. */
  readonly request: Json;
}

type Params = Readonly<Record<string, Json>>;

/**
 * Simulates GMS: callback services with their reports, the user data in its storage, notifications, and files
 * of templates.
 */
export class FakeGms {
  readonly #time: SharedTime;
  readonly #baseUrl: string;
  readonly #services: ReadonlyMap<string, FakeGmsService>;
  readonly #chats: FakeChats;
  readonly #instances: TestService[] = [];
  readonly #notifications: SentNotification[] = [];
  readonly #storage = new Map<string, Params>();
  readonly #files = new Map<string, string>();
  readonly #failures = new Failures();

  constructor(deps: {
    readonly time: SharedTime;
    readonly baseUrl: string;
    readonly services: ReadonlyMap<string, FakeGmsService>;
    readonly chats: FakeChats;
  }) {
    this.#time = deps.time;
    this.#baseUrl = deps.baseUrl;
    this.#services = deps.services;
    this.#chats = deps.chats;
  }

  /** Notifications that documents published, in order. */
  get notifications(): readonly SentNotification[] {
    return this.#notifications;
  }

  /** The services that were created, in order. */
  get services(): readonly TestService[] {
    return this.#instances;
  }

  /** The storage areas: user data of services by their data ids. */
  get storage(): ReadonlyMap<string, Params> {
    return this.#storage;
  }

  /**
   * A customer asks for a callback: starts a session of the service's document, and sends it the request
   * `start`. Parameters whose names begin with '_' go to the session, others are user data.
   */
  create(name: string, given: Params = {}): TestService {
    const service = this.#services.get(name);
    if (service === undefined) {
      const known = [...this.#services.keys()].join(', ') || 'none';
      throw new Error(`Expected one of the services of this centre (${known}), got '${name}'.`);
    }
    return this.#time.run(() => {
      const number = this.#instances.length + 1;
      const id = `1-00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
      const dataId = String(788_886 + number);
      const [params, userData] = divided(given);
      this.#storage.set(dataId, userData);
      const session = service.open(this.#paramsOf({ id, name, dataId }, params, service.options));
      const instance = new TestService({ id, name, dataId, session }, this.#chats);
      this.#instances.push(instance);
      instance.begin();
      return instance;
    });
  }

  /** A file of a template: 'callback/texts/french.json'. */
  putFile(path: string, text: string): this {
    this.#files.set(path, text);
    return this;
  }

  /** Requests fail from now on: 'unreachable', 'timeout', 'silence' or a status; `path`: only URLs with it. */
  fail(failure: FakeFailure, path = ''): this {
    this.#failures.add(failure, path);
    return this;
  }

  /** Requests succeed again. */
  recover(): this {
    this.#failures.clear();
    return this;
  }

  rows(_session: () => TestSession): readonly ScriptRow[] {
    return [
      { fetch: /\/genesys\/1\//, reply: (request) => this.#failures.of(request) ?? this.#reply(request) },
    ];
  }

  #paramsOf(
    { id, name, dataId }: { readonly id: string; readonly name: string; readonly dataId: string },
    params: Params,
    options: Readonly<Record<string, string>>,
  ): Params {
    const user = params._customer_number ?? '';
    return {
      _tenant: 'Environment',
      ...params,
      ...options,
      _service_id: id,
      _service_name: name,
      _data_id: dataId,
      _gms_url: `${this.#baseUrl}/genesys`,
      _ors_url: this.#baseUrl,
      _urs_url: options._urs_server_url || this.#baseUrl,
      _urs_sec_server_url: options._urs_sec_server_url ?? '',
      _gms_user: params._gms_user ?? user,
    };
  }

  #reply(request: FetchRequest): FetchReply {
    const { method, content } = request;
    const [, area = '', ...path] = new URL(request.url).pathname
      .replace(/^.*\/genesys\/1/, '')
      .split('/')
      .map(decodeURIComponent);
    if (area === 'notification' && path[0] === 'publish' && method === 'POST') return this.#publish(content);
    if (area === 'storage') return this.#store(request, path);
    if (area === 'document') return this.#file(path.slice(1).join('/'));
    if (area === 'service' && path[0] === 'callback' && method === 'PUT') {
      return this.#report(path[2], content);
    }
    return { status: 404 };
  }

  #report(id: string | undefined, content: Json | undefined): FetchReply {
    const instance = this.#instances.find((one) => one.id === id);
    if (instance === undefined) return { status: 400 };
    instance.report(objectOf(content), this.#time.now);
    return { json: {} };
  }

  #publish(content: Json | undefined): FetchReply {
    const request = objectOf(content);
    const { deviceId, type } = objectOf(request.notificationDetails);
    this.#notifications.push({
      tag: String(request.tag ?? ''),
      message: readJson(request.message ?? null),
      deviceId: String(deviceId ?? ''),
      type: String(type ?? ''),
      at: this.#time.now,
      request,
    });
    return {};
  }

  #store({ method, content, params }: FetchRequest, [id = '', key]: readonly string[]): FetchReply {
    const given = { ...objectOf(content), ...(params as Params) };
    const found = this.#storage.get(id);
    if (method === 'POST' && key === undefined) {
      const made = String(900_000 + this.#storage.size);
      this.#storage.set(made, given);
      return { json: { id: made } };
    }
    if (found === undefined) return { status: 404 };
    if (method === 'POST') this.#storage.set(id, { ...found, ...given });
    else if (method === 'DELETE') this.#storage.delete(id);
    else if (key === undefined) return { json: found };
    else return found[key] === undefined ? { status: 404 } : { body: textOf(found[key]) };
    return { json: {} };
  }

  #file(path: string): FetchReply {
    const text = this.#files.get(path);
    return text === undefined ? { status: 404 } : { body: text };
  }
}

function divided(given: Params): readonly [params: Params, userData: Params] {
  const entries = Object.entries(given);
  return [
    Object.fromEntries(entries.filter(([name]) => name.startsWith('_'))),
    Object.fromEntries(entries.filter(([name]) => !name.startsWith('_'))),
  ];
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readJson(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    // A text that is no JSON is the message itself.
    return value;
  }
}

function objectOf(value: Json | undefined): Params {
  const read = readJson(value ?? null);
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Params) : {};
}
