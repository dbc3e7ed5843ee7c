import { z } from 'zod';
import {
  defined,
  type Json,
  ownId,
  parseId,
  prefixOfId,
  readId,
  type SessionId,
  textOf,
} from '../../engine/ports/index.ts';
import { type InteractionId, readServiceId } from '../../strategies/ids/index.ts';
import {
  type CallView,
  type ConnId,
  ESTIMATE_METHODS,
  isQueueGroup,
  MAX_TELL_POSITION,
  type QueueQuestion,
  type QueueView,
  type StartCall,
  type StartedCall,
} from '../../strategies/routing/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';

/** Characters of the name of a virtual queue. */
const MAX_QUEUE_NAME = 255;
/** Characters of the name of a tenant. */
const MAX_TENANT = 64;
/** Parameters of a start that no other part reads, and their characters together. */
const MAX_CALL_DATA_FIELDS = 100;
const MAX_CALL_DATA_CHARS = 8_192;
/** Parameters of a function. */
const MAX_FUNCTION_PARAMS = 20;

/** TELL_QUEUE with the method of the configuration. */
const DEFAULT_METHOD = 'default';

const text = z.preprocess((value) => textOf(value as Json | undefined).trim(), z.string());
/** Seconds between increments of a priority: the clock has whole milliseconds. */
const MIN_INTERVAL = 0.001;
const number = (bounds: { readonly min: number; readonly max: number }) =>
  text
    .transform((value) => (value === '' ? undefined : Number(value)))
    .pipe(z.number().min(bounds.min).max(bounds.max).optional());
const optionalText = text.transform((value) => (value === '' ? undefined : value));
const tenantSchema = text.pipe(z.string().max(MAX_TENANT)).transform((value) => value || undefined);

/**
 * Query of urs/call/start. Only the names tenant, strategy and VQ_TARGET are documented; the others are
 * inferred. Unknown parameters are kept with the call.
 */
export const startSchema = z.object({
  tenant: tenantSchema,
  strategy: optionalText,
  VQ_TARGET: text.pipe(z.string().min(1, 'expected a target string or a JSON array of targets, got none')),
  VQ: text
    .pipe(
      z
        .string()
        .max(MAX_QUEUE_NAME)
        .refine((name) => !isQueueGroup(name), 'expected a virtual queue, got a group of queues'),
    )
    .transform((value) => value || undefined),
  SESSION: optionalText.refine(
    (value) => value === undefined || isHttpUrl(value),
    'expected the http(s) URL of a session, <base>/scxml/session/<id>',
  ),
  SERVICE_ID: optionalText,
  MEDIA: optionalText,
  PRIORITY: number({ min: -1_000_000, max: 1_000_000 }),
  PRIORITY_INCREMENT: number({ min: 0, max: 1_000_000 }),
  PRIORITY_INCREMENT_INTERVAL: number({ min: 0, max: 86_400 }).refine(
    (value) => !value || value >= MIN_INTERVAL,
    `expected 0, which is no increment, or at least ${MIN_INTERVAL} seconds`,
  ),
  AGENT_RESERVE_TIMEOUT: number({ min: 1, max: 3_600 }),
  // Ours. A foreign URS keeps it with the call.
  TELL_POSITION: number({ min: 1, max: MAX_TELL_POSITION }).refine(
    (value) => value === undefined || Number.isInteger(value),
    'expected a whole number',
  ),
  // Ours too.
  TELL_QUEUE: optionalText.pipe(z.enum([...ESTIMATE_METHODS, DEFAULT_METHOD]).optional()),
});

/** urs/call/start. Throws PARAMETER_INVALID with every problem. */
export function readStart(form: Form, key: string | undefined): StartCall {
  const parsed = startSchema.safeParse(form);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new WireError('PARAMETER_INVALID', { message: problems.join('; '), details: { problems } });
  }
  const given = parsed.data;
  return {
    target: given.VQ_TARGET,
    ...readSession(given.SESSION),
    ...defined({
      vq: given.VQ,
      data: readCallData(form),
      tenant: given.tenant,
      strategy: given.strategy,
      serviceId: readServiceId(given.SERVICE_ID),
      media: given.MEDIA,
      key,
      tellPosition: given.TELL_POSITION,
      reserveTimeoutMs: toMs(given.AGENT_RESERVE_TIMEOUT),
    }),
    priority: defined({
      base: given.PRIORITY,
      increment: given.PRIORITY_INCREMENT,
      everyMs: toMs(given.PRIORITY_INCREMENT_INTERVAL),
    }),
  };
}

/** The question of TELL_QUEUE in a start that readStart accepts. Undefined: the start asks nothing. */
export function readTellQueue(form: Form): QueueQuestion | undefined {
  const asked = textOf(form.TELL_QUEUE).trim();
  const method = ESTIMATE_METHODS.find((known) => known === asked);
  return asked === '' ? undefined : defined({ method });
}

/** The parameters of a start that have no meaning here. Undefined: there are none. */
function readCallData(form: Form): Readonly<Record<string, string>> | undefined {
  const data = Object.entries(form)
    .filter(([name]) => !Object.hasOwn(startSchema.shape, name))
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const);
  const chars = data.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (data.length > MAX_CALL_DATA_FIELDS || chars > MAX_CALL_DATA_CHARS) {
    throw new WireError('PARAMETER_INVALID', {
      message:
        `Expected at most MAX_CALL_DATA_FIELDS (${MAX_CALL_DATA_FIELDS}) other parameters with ` +
        `MAX_CALL_DATA_CHARS (${MAX_CALL_DATA_CHARS}) characters, got ${data.length} with ${chars}.`,
    });
  }
  return data.length === 0 ? undefined : Object.fromEntries(data);
}

/** `<base>/scxml/session/<id>`: the id tells which session may take the reserved agent by a redirect. */
function readSession(url: string | undefined): Pick<StartCall, 'sessionUrl' | 'sessionId'> {
  const sessionUrl = url?.replace(/\/+$/, '');
  const sessionId = readId<SessionId>(/\/session\/([^/?#]+)$/.exec(sessionUrl ?? '')?.[1]);
  return defined({ sessionUrl, sessionId });
}

/**
 * A connection id, or `max`. It is a number of 64 bits in hexadecimal digits: `222222` is
 * `0000000000222222`. The prefix of a cell may be before it. Throws CALL_NOT_FOUND for any other text.
 */
export function parseConnId(given: string | undefined): ConnId {
  const prefix = prefixOfId(given ?? '');
  const number = (given ?? '').slice(prefix.length).toLowerCase();
  if (number === 'max') return ownId<ConnId>(number);
  if (!/^[0-9a-f]{1,16}$/.test(number)) throw callNotFound(given);
  return ownId<ConnId>(`${prefix}${number.padStart(16, '0')}`);
}

/** The interaction of `@<id>`; undefined: the text has another form. Throws CALL_NOT_FOUND. */
export function readInteraction(given: string | undefined): InteractionId | undefined {
  if (given?.startsWith('@') !== true) return undefined;
  return parseId<InteractionId>(given.slice(1), () => callNotFound(given));
}

function callNotFound(given: string | undefined): WireError {
  return new WireError('CALL_NOT_FOUND', {
    message: `Expected a connection id of 1 to 16 hexadecimal digits, or @ and the id of an interaction, got '${given ?? ''}'.`,
  });
}

/** Name of a virtual queue. An empty one counts as none. */
export function readQueueName(given: string | undefined): string | undefined {
  const name = (given ?? '').trim();
  if (name.length > MAX_QUEUE_NAME) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected the queue's name to have at most ${MAX_QUEUE_NAME} characters, got ${name.length}.`,
    });
  }
  return name === '' ? undefined : name;
}

/** `tell_position` says that the session will be told; `lvq` is the reply to the question of TELL_QUEUE. */
export function startReply({ connId, tellPosition }: StartedCall, lvq: Json | undefined): Json {
  return { conn_id: connId, ...defined({ tell_position: tellPosition, lvq }) };
}

/**
 * `name`, `tenant` and `aqt` of lvq. `ursdial` is the GMS word for "no estimate needed" and counts as none:
 * the method of the configuration.
 */
export function readQueueQuery(form: Form): QueueQuestion & {
  /** `agent_logged_in=true`, a parameter of ours. */
  readonly asksForAgent: boolean;
  /** `estimates=true`, a parameter of ours. */
  readonly asksForBand: boolean;
} {
  const vq = readQueueName(textOf(form.name));
  const aqt = textOf(form.aqt).trim();
  const method = ESTIMATE_METHODS.find((known) => known === aqt);
  if (method === undefined && aqt !== '' && aqt !== 'ursdial') {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected aqt to be ${ESTIMATE_METHODS.join(', ')}, got '${aqt}'.`,
    });
  }
  const tenant = tenantSchema.safeParse(form.tenant);
  if (!tenant.success) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected tenant to have at most ${MAX_TENANT} characters, got '${textOf(form.tenant)}'.`,
    });
  }
  return {
    asksForAgent: form.agent_logged_in === 'true',
    asksForBand: form.estimates === 'true',
    ...defined({ vq, tenant: tenant.data, method }),
  };
}

/**
 * urs-routing 1. `ewt` has the form that real URS clients read; it is absent while there is no estimate.
 * `agent_logged_in` is ours: an agent is logged in who could take the call; absent unless the request asks.
 * So are `ewt_p50`, `ewt_p90` (half and nine tenths of such waits are shorter) and `ewt_rough` (few waits are
 * known yet).
 */
export function queueReply(
  view: QueueView,
  asked: { readonly hasAgent?: boolean; readonly asksForBand?: boolean } = {},
): Json {
  const band = asked.asksForBand === true ? view.estimate : undefined;
  return {
    time: Math.floor(view.now / 1000),
    wt: Math.floor(view.waitedMs / 1000),
    calls: view.calls,
    pos: view.position,
    wpos: view.weightedPosition,
    hit: view.hit,
    ...defined({
      ewt: view.ewtSeconds,
      agent_logged_in: asked.hasAgent,
      ewt_p50: band && Math.round(band.p50Ms / 1000),
      ewt_p90: band && Math.round(band.p90Ms / 1000),
      ewt_rough: band?.isRough,
    }),
  };
}

/** urs/call/{id}/query. The reply of the platform is not known: this one has our names. */
export function callReply(call: CallView, interactionId: InteractionId | undefined): Json {
  return {
    conn_id: interactionId === undefined ? call.connId : `@${interactionId}`,
    state: call.state,
    strategy: call.strategy,
    tenant: call.tenant,
    vq: call.vq,
    entered: Math.floor(call.enteredAt / 1000),
    ...defined({ agent: call.agentId, data: call.data }),
  };
}

/** `name` and `params`, a JSON array, of urs/call/{id}/func. `sync` is always in effect. */
export function readFunction(form: Form): { readonly name: string; readonly params: readonly Json[] } {
  const name = textOf(form.name).trim();
  if (name === '') {
    throw new WireError('PARAMETER_MISSING', {
      message: 'Expected name to be the name of a function of URS, got none.',
    });
  }
  const params = readJsonArray(form.params);
  if (params !== undefined && params.length <= MAX_FUNCTION_PARAMS) return { name, params };
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected params to be a JSON array of at most ${MAX_FUNCTION_PARAMS} values, got '${textOf(form.params).slice(0, 80)}'.`,
  });
}

/** Absent or empty: no values. Undefined: not an array. */
function readJsonArray(given: Json | undefined): readonly Json[] | undefined {
  if (given === undefined || given === '') return [];
  if (Array.isArray(given)) return given;
  try {
    const value = JSON.parse(String(given)) as Json;
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
