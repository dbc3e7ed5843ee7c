import { z } from 'zod';
import { defined, type Json, parseId, readId, type SessionId } from '../../engine/ports/index.ts';
import { readServiceId } from '../../strategies/ids/index.ts';
import {
  type ConnId,
  ESTIMATE_METHODS,
  type EstimateMethod,
  type QueueView,
  type StartCall,
} from '../../strategies/routing/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';

/** Characters of the name of a virtual queue. */
const MAX_QUEUE_NAME = 255;

const text = z.preprocess((value) => (value === undefined ? '' : String(value).trim()), z.string());
const number = (bounds: { readonly min: number; readonly max: number }) =>
  z.preprocess(
    (value) => (value === undefined || String(value).trim() === '' ? undefined : Number(value)),
    z.number().min(bounds.min).max(bounds.max).optional(),
  );
const optionalText = text.transform((value) => (value === '' ? undefined : value));

/**
 * Query of urs/call/start. Only the names tenant, strategy and VQ_TARGET are documented; the others are
 * inferred.
 */
const startSchema = z.object({
  tenant: optionalText,
  strategy: optionalText,
  VQ_TARGET: text.pipe(z.string().min(1, 'expected a target string or a JSON array of targets, got none')),
  VQ: text.pipe(z.string().min(1, 'expected the name of a virtual queue, got none').max(MAX_QUEUE_NAME)),
  SESSION: optionalText.refine(
    (value) => value === undefined || isHttpUrl(value),
    'expected the http(s) URL of a session, <base>/scxml/session/<id>',
  ),
  SERVICE_ID: optionalText,
  MEDIA: optionalText,
  PRIORITY: number({ min: -1_000_000, max: 1_000_000 }),
  PRIORITY_INCREMENT: number({ min: 0, max: 1_000_000 }),
  PRIORITY_INCREMENT_INTERVAL: number({ min: 0, max: 86_400 }),
  AGENT_RESERVE_TIMEOUT: number({ min: 1, max: 3_600 }),
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
    vq: given.VQ,
    ...readSession(given.SESSION),
    ...defined({
      tenant: given.tenant,
      strategy: given.strategy,
      serviceId: readServiceId(given.SERVICE_ID),
      media: given.MEDIA,
      key,
      reserveTimeoutMs: toMs(given.AGENT_RESERVE_TIMEOUT),
    }),
    priority: defined({
      base: given.PRIORITY,
      increment: given.PRIORITY_INCREMENT,
      everyMs: toMs(given.PRIORITY_INCREMENT_INTERVAL),
    }),
  };
}

/** `<base>/scxml/session/<id>`: the id tells which session may take the reserved agent by a redirect. */
function readSession(url: string | undefined): Pick<StartCall, 'sessionUrl' | 'sessionId'> {
  const sessionUrl = url?.replace(/\/+$/, '');
  const sessionId = readId<SessionId>(/\/session\/([^/?#]+)$/.exec(sessionUrl ?? '')?.[1]);
  return defined({ sessionUrl, sessionId });
}

/** A connection id, 16 hex digits, or `max`. Throws CALL_NOT_FOUND for any other text. */
export function parseConnId(given: string | undefined): ConnId {
  const isConnId = given !== undefined && /^(?:max|[0-9a-f]{16})$/i.test(given);
  return parseId<ConnId>(isConnId ? given.toLowerCase() : undefined, () => {
    return new WireError('CALL_NOT_FOUND', {
      message: `Expected a connection id of 16 hexadecimal digits, got '${given ?? ''}'.`,
    });
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

export function startReply(connId: ConnId): Json {
  return { conn_id: connId };
}

/** `name` and `aqt` of lvq. `ursdial` is the GMS word for "no estimate needed" and counts as the default. */
export function readQueueQuery(form: Form): {
  readonly vq?: string;
  readonly method: EstimateMethod;
  /** `agent_logged_in=true`, a parameter of ours. */
  readonly asksForAgent: boolean;
} {
  const vq = readQueueName(String(form.name ?? ''));
  const aqt = String(form.aqt ?? '').trim() || 'urs';
  const method = aqt === 'ursdial' ? 'urs' : ESTIMATE_METHODS.find((known) => known === aqt);
  if (method === undefined) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected aqt to be ${ESTIMATE_METHODS.join(', ')}, got '${aqt}'.`,
    });
  }
  return { method, asksForAgent: form.agent_logged_in === 'true', ...defined({ vq }) };
}

/**
 * urs-routing 1. `ewt` has the form that real URS clients read; it is absent while there is no estimate.
 * `agent_logged_in` is ours: an agent is logged in who could take the call; absent unless the request asks.
 */
export function queueReply(view: QueueView, hasAgent: boolean | undefined): Json {
  return {
    time: Math.floor(view.now / 1000),
    wt: Math.floor(view.waitedMs / 1000),
    calls: view.calls,
    pos: view.position,
    wpos: view.weightedPosition,
    hit: view.hit,
    ...defined({ ewt: view.ewtSeconds, agent_logged_in: hasAgent }),
  };
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
