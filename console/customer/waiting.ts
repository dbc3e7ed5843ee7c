import { type Dialog, readDialog } from './dialog.ts';
import { type Fields, fields, list, text } from './entry.ts';
import { pause } from './pause.ts';
import { Refused, type Requests } from './requests.ts';
import { paceOf, type Settings } from './settings.ts';

/** The place of a customer in the virtual queue. */
export interface Place {
  readonly position: number;
  readonly total: number;
  /** Seconds; absent: the server has no estimate. */
  readonly eta?: number;
  /** The estimate rests on few calls. */
  readonly isRough?: boolean;
}

/** All that a callback needs to go on after a reload. */
export interface KeptWait {
  readonly serviceId: string;
  /** The property of the form that finds the callback again. */
  readonly lookup: Readonly<Record<string, string>>;
  /** ms since 1970; absent: the callback began at once. */
  readonly scheduledFor?: number;
  readonly dialog?: Dialog;
  readonly place?: Place;
  /** An agent is near, and the customer was told. */
  readonly isNear?: boolean;
  /** ms since 1970. Until then a client without CometD does not ask again. */
  readonly snoozedUntil?: number;
  /** The customer said that they are ready: the chat may be opened. */
  readonly isReady?: boolean;
  /** A text of an agent or a document, beside the dialogs. */
  readonly notice?: string;
}

export interface WaitDeps {
  readonly settings: Settings;
  readonly requests: Requests;
  readonly kept: KeptWait;
  readonly changed: () => void;
  /** The chat may be opened. */
  readonly ready: () => void;
  /** The callback has ended without a chat; `reason` as the server has it. */
  readonly ended: (reason: string) => void;
}

/** Between two looks at a callback whose time has not come. */
const SCHEDULED_MS = 15_000;
/** The default of `_snooze_duration`, which the client is not told. */
const SNOOZE_MS = 300_000;

/** The wait for an agent: the place in the queue, the push that an agent is near, and the dialogs. */
export class Waiting {
  readonly #deps: WaitDeps;
  #kept: KeptWait;
  readonly #closing = new AbortController();

  constructor(deps: WaitDeps) {
    this.#deps = deps;
    this.#kept = deps.kept;
  }

  /** Creates a callback. Rejects with Refused. */
  static async create(
    settings: Settings,
    requests: Requests,
    given: Readonly<Record<string, string>>,
    key: string,
  ): Promise<KeptWait> {
    const { identity, transport, service } = settings;
    const device =
      transport === 'polling' ? {} : deviceOf(identity.kind === 'named' ? identity.user : undefined);
    const reply = await requests.send(
      `${CALLBACKS}/${encodeURIComponent(service.name)}`,
      { ...device, ...given },
      { key },
    );
    const serviceId = text(reply._id);
    const dialog = readDialog(reply, serviceId);
    const { _customer_number: number, _desired_time: desired } = given;
    return {
      serviceId,
      lookup: number === undefined ? {} : { _customer_number: number },
      ...(desired !== undefined && { scheduledFor: Date.parse(desired) }),
      ...(dialog && { dialog }),
      ...(dialog?.kind === 'startChat' && { isReady: true }),
    };
  }

  get kept(): KeptWait {
    return this.#kept;
  }

  start(): void {
    if (this.#kept.isReady) this.#deps.ready();
    else void this.#watch().catch(() => {});
  }

  /** The customer chose an item of the dialog. Rejects with Refused. */
  async choose(request: string | undefined): Promise<void> {
    if (request === undefined) {
      this.#change({}, ['dialog']);
      return;
    }
    await this.#ask(request);
    if (request === 'cancel') this.#end('CANCELLED');
  }

  /** Gives the wait up. Rejects with Refused. */
  async cancel(): Promise<void> {
    await this.#deps.requests.send(
      this.#callbackUrl,
      {},
      { method: 'DELETE', key: `${this.#kept.serviceId}-cancel` },
    );
    this.#end('CANCELLED');
  }

  /** Moves a callback that has not begun. Rejects with Refused. */
  async reschedule(time: number): Promise<void> {
    const given = { _new_desired_time: new Date(time).toISOString() };
    await this.#deps.requests.send(this.#callbackUrl, given, { method: 'PUT' });
    this.#change({ scheduledFor: time });
  }

  /** A notice came over CometD. */
  heard(data: unknown): void {
    const { tag, message: given } = fields(data);
    const message = fields(given);
    const { serviceId } = this.#kept;
    if (tag === `service.agentavailable.${serviceId}`) {
      const request = text(message._action);
      if (/^get-dialog-[\w-]+$/.test(request)) void this.#announce(request).catch(() => {});
    }
    if (tag === `service.internalnotification.${serviceId}`) {
      this.#change({ notice: text(message._display_message) });
    }
  }

  close(): void {
    this.#closing.abort();
  }

  /** Without CometD nobody tells the client that an agent is near. */
  get #mustAskItself(): boolean {
    const { isNear, snoozedUntil = 0 } = this.#kept;
    return this.#deps.settings.transport === 'polling' && !isNear && Date.now() >= snoozedUntil;
  }

  get #callbackUrl(): string {
    const { settings } = this.#deps;
    return `${CALLBACKS}/${encodeURIComponent(settings.service.name)}/${encodeURIComponent(this.#kept.serviceId)}`;
  }

  async #watch(): Promise<void> {
    const { place } = paceOf(this.#deps.settings);
    for (;;) {
      const isScheduled = await this.#look();
      await pause(isScheduled ? SCHEDULED_MS : place, this.#closing.signal);
      if (this.#kept.isReady) return;
    }
  }

  /** Resolves with true while the callback waits for its time. */
  async #look(): Promise<boolean> {
    if (this.#kept.scheduledFor !== undefined && (await this.#lookAtRecord()) === true) return true;
    try {
      const reply = await this.#request('check-queue-position');
      this.#change({ place: readPlace(reply) });
      if (isTrue(reply._agent_ready_threshold_passed) && this.#mustAskItself) {
        await this.#announce('get-dialog-user-confirmation');
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const isKnown = await this.#lookAtRecord();
      if (isKnown === undefined && error.status === 404) this.#end('EXPIRED');
    }
    return false;
  }

  /**
   * Resolves with true when the callback is scheduled, and with undefined when no search finds it. One that
   * has ended is told.
   */
  async #lookAtRecord(): Promise<boolean | undefined> {
    const record = await this.#findRecord();
    if (record === undefined) return undefined;
    const state = text(record._callback_state);
    if (state === 'COMPLETED') this.#end(text(record._callback_reason) || 'EXPIRED');
    if (state !== 'SCHEDULED') return false;
    this.#change({ scheduledFor: Date.parse(text(record._desired_time)) });
    return true;
  }

  async #findRecord(): Promise<Fields | undefined> {
    const { serviceId, lookup } = this.#kept;
    const { settings, requests } = this.#deps;
    const url = `${CALLBACKS}/${encodeURIComponent(settings.service.name)}`;
    try {
      const reply = await requests.raw(url, lookup, { method: 'GET' });
      return list(await reply.json())
        .map(fields)
        .find(({ _id: id }) => id === serviceId);
    } catch (error) {
      // The property that finds this callback may be another one.
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }

  async #announce(request: string): Promise<void> {
    if (this.#kept.isReady) return;
    this.#change({ isNear: true });
    await this.#ask(request);
  }

  /** Sends a request whose answer is a dialog, or the chat. */
  async #ask(request: string): Promise<void> {
    const dialog = readDialog(await this.#request(request), this.#kept.serviceId);
    if (dialog?.kind === 'startChat') {
      this.#change({ isReady: true }, ['dialog']);
      this.#deps.ready();
      return;
    }
    const snoozed = { isNear: false, snoozedUntil: Date.now() + SNOOZE_MS };
    this.#change({ ...(dialog && { dialog }), ...(request === 'snooze' && snoozed) });
  }

  #request(name: string): Promise<Fields> {
    return this.#deps.requests.send(`/genesys/1/service/${encodeURIComponent(this.#kept.serviceId)}/${name}`);
  }

  #end(reason: string): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#deps.ended(reason);
  }

  #change(change: Partial<KeptWait>, gone: readonly (keyof KeptWait)[] = []): void {
    const entries = Object.entries({ ...this.#kept, ...change });
    this.#kept = Object.fromEntries(
      entries.filter(([name]) => !gone.includes(name as keyof KeptWait)),
    ) as unknown as KeptWait;
    this.#deps.changed();
  }
}

const CALLBACKS = '/genesys/1/service/callback';

/** The customer's notices go to their connections of CometD. */
function deviceOf(user: string | undefined): Record<string, string> {
  return { _device_os: 'comet', ...(user !== undefined && { _device_notification_id: user }) };
}

function readPlace(reply: Fields): Place {
  const eta = Number(text(reply._eta) || Number.NaN);
  return {
    position: Number(reply._position) || 0,
    total: Number(reply._total_waiting) || 0,
    ...(Number.isFinite(eta) && { eta }),
    ...(isTrue(reply._eta_rough) && { isRough: true }),
  };
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
