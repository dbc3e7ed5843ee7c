import type { Effect, ModuleEffect } from '../../engine/interpreter/effects.ts';
import type { Json } from '../../engine/ports/json.ts';
import {
  type FetchReply,
  type FetchRequest,
  openDocument,
  type ScriptRow,
  type TestSession,
} from '../../testing/index.ts';
import { callbackDocument } from './callbackDocuments.ts';

export const SERVICE_ID = '369-166652d2-aed6-443c-9781-6bdff370f9a9';
export const USER = 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673';
export const CHAT_ID = '00AB1CHAT0000001';
export const CALL_ID = '00ee0266b1f0c001';

/** Start parameters of the server for a service with short, distinctive option values. */
const PARAMS: { readonly [name: string]: Json } = {
  _service_id: SERVICE_ID,
  _service_name: 'chat-delay',
  _data_id: '788887',
  _gms_url: 'http://orsay.test/genesys',
  _ors_url: 'http://orsay.test',
  _urs_url: 'http://orsay.test',
  _gms_user: USER,
  _customer_number: '5551230001',
  _device_notification_id: USER,
  _device_os: 'comet',
  _type: 'ors',
  _media_type: 'chat',
  _wait_for_agent: 'true',
  _wait_for_user_confirm: 'true',
  _target: 'Billing@Stat_Server.GA',
  _urs_virtual_queue: 'VQ_Billing',
  _urs_queued_ttl: '14400',
  _urs_ewt_estimation_method: 'urs',
  _max_time_to_reach_eta_pos_threshold: '3600',
  _user_confirm_timeout: '30',
  _on_user_confirm_timeout: 'FAIL',
  _agent_reserve_timeout: '30',
};

/** The state of the queue at URS; the next poll reads changes. */
export interface QueueState {
  pos: number;
  calls: number;
  ewt?: number;
  reachable: boolean;
}

/** The answer to fetches of this method whose path and query match. 'silence': the test answers by hand. */
export type FetchAnswer = readonly [
  method: string,
  path: RegExp,
  reply: FetchReply | 'silence' | ((request: FetchRequest) => FetchReply | 'silence'),
];

/** A chat-delay session with its partners as tables. */
export interface World {
  readonly session: TestSession;
  readonly queue: QueueState;
}

/** `fetches` come before the usual answers. */
export async function openWorld(
  changes: {
    readonly params?: { readonly [name: string]: Json };
    readonly fetches?: readonly FetchAnswer[];
    readonly queue?: Partial<QueueState>;
  } = {},
): Promise<World> {
  const queue: QueueState = { pos: 2, calls: 2, reachable: true, ...changes.queue };
  const fetches = [...(changes.fetches ?? []), ...usualFetches(queue)];
  const session = await openDocument(await callbackDocument('chat-delay'), {
    id: 'SESSION0000000000000000000000001',
    now: Date.parse('2024-03-01T10:00:00Z'),
    baseUrl: 'http://orsay.test',
    params: { ...PARAMS, ...changes.params },
    script: [
      ...fetches.map(fetchRow),
      { module: 'interaction.redirect', silence: true },
      { module: 'interaction.terminate', done: {} },
    ],
  });
  return { session, queue };
}

function fetchRow([method, path, reply]: FetchAnswer): ScriptRow {
  return { method, fetch: new RegExp(path.source.replace(/^\^/, '^http://[^/]+')), reply };
}

function usualFetches(queue: QueueState): readonly FetchAnswer[] {
  const lvq = (): FetchReply => {
    if (!queue.reachable) return 'unreachable';
    const { pos, calls, ewt } = queue;
    const json = {
      time: 1380769087,
      wt: 0,
      calls,
      pos,
      wpos: pos,
      hit: 0,
      ...(ewt !== undefined && { ewt }),
    };
    return { json };
  };
  return [
    ['GET', /^\/urs\/call\/start\?/, { json: { conn_id: CALL_ID } }],
    ['GET', /^\/urs\/call\/\w+\/lvq\?/, lvq],
    ['GET', /^\/urs\/call\/\w+\/invoke\?/, { json: {} }],
    ['GET', /^\/urs\/call\/\w+\/delete$/, { json: {} }],
    ['POST', /^\/genesys\/1\/notification\/publish$/, { status: 200 }],
    ['PUT', /^\/genesys\/1\/service\/callback\/chat-delay\//, { json: {} }],
  ];
}

/** All that the session asked for and answered, in order: 'GET /path', 'queue.submit {...}', 'answer'. */
export function traceOf({ lines }: TestSession): readonly string[] {
  return lines.flatMap(({ record }) => {
    if (record.kind !== 'effect') return [];
    const effect = record.effect as unknown as Effect;
    if (effect.kind === 'module') return [requestText(effect)];
    if (effect.kind !== 'respond') return [];
    return [effect.positive ? 'answer' : `answer refused ${effect.resultCode}`];
  });
}

function requestText({ module, action, attributes, children, content }: ModuleEffect): string {
  if (action === 'fetch') {
    const { pathname, search } = new URL(String(attributes.srcexpr));
    const body = content === undefined ? '' : ` ${JSON.stringify(content)}`;
    return `${String(attributes.method).toUpperCase()} ${pathname}${search}${body}`;
  }
  const { requestid: _generated, ...own } = attributes;
  const inner = children.length > 0 ? ` ${JSON.stringify(children)}` : '';
  return `${module}.${action} ${JSON.stringify(own)}${inner}`;
}

/** The faults that the document did not expect, as it logs them. */
export function errorsOf({ lines }: TestSession): readonly string[] {
  return lines.flatMap(({ record }) => (record.label === "'fault'" ? [String(record.text)] : []));
}

/** The facts and events of inbound_chat's association, which bring the chat. */
export function chatArrives(session: TestSession, media = 'chat', id = CHAT_ID): void {
  const view = {
    id,
    g_uid: id,
    media,
    location: { queue: 'inbound' },
    udata: { _id: SERVICE_ID },
    parties: [],
  };
  session.send('interaction.added', { interactionid: id }, { interactions: { [id]: view } });
  if (session.isRunning) session.send('interaction.present', { interactionid: id });
}

export function chatEnds(session: TestSession): void {
  const data = { interactionid: CHAT_ID, resultof: 'deletion' };
  session.send('interaction.deleted', data, { interactions: { [CHAT_ID]: null } });
}

export const ROUTE: { readonly [name: string]: Json } = {
  return: 'target',
  type: 'GA',
  id: 'Billing',
  agent: 'kate',
  place: 'Place1',
  dn: '7001',
  switch: 'SIP_Switch',
  resource: '7001',
  vq: 'VQ_Billing',
};

/** The result of the open redirect. */
export function redirectEnds(session: TestSession, name: string): void {
  const data = session.data as { requests: { redirect: string } };
  session.send(name, { requestid: data.requests.redirect, interactionid: CHAT_ID, error: 'rejected' });
}

/** The states and reasons that were reported, in order: "QUEUED", "COMPLETED CANCELLED". */
export function reported(session: TestSession): string[] {
  return traceOf(session).flatMap((line) => {
    const match = /^PUT \S+ (\{.*\})$/.exec(line);
    if (!match) return [];
    const body = JSON.parse(match[1] as string) as { _callback_state: string; _reason: string };
    return [`${body._callback_state} ${body._reason}`.trim()];
  });
}
