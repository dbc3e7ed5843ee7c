import type { Json } from '../../engine/ports/json.ts';
import { DocumentDriver, type DriverOptions, type FetchReply, type FetchRow } from './documentDriver.ts';

const SRC = new URL('../../scxml/callback/src/chat-delay.scxml', import.meta.url);
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

export interface World {
  readonly driver: DocumentDriver;
  readonly queue: QueueState;
}

/** A chat-delay session with its partners as tables; `fetches` come before the usual rows. */
export async function openWorld(
  changes: {
    readonly params?: { readonly [name: string]: Json };
    readonly fetches?: readonly FetchRow[];
    readonly queue?: Partial<QueueState>;
    readonly restoreAlways?: boolean;
  } = {},
): Promise<World> {
  const queue: QueueState = { pos: 2, calls: 2, reachable: true, ...changes.queue };
  const options: DriverOptions = {
    src: SRC,
    params: { ...PARAMS, ...changes.params },
    fetches: [...(changes.fetches ?? []), ...usualFetches(queue)],
    modules: [
      ['interaction.redirect', () => []],
      ['interaction.terminate', () => [{ name: 'interaction.terminate.done', data: {} }]],
    ],
    restoreAlways: changes.restoreAlways ?? false,
  };
  return { driver: await DocumentDriver.open(options), queue };
}

function usualFetches(queue: QueueState): readonly FetchRow[] {
  const lvq = (): FetchReply => {
    if (!queue.reachable) return 'unreachable';
    const { pos, calls, ewt } = queue;
    const body = {
      time: 1380769087,
      wt: 0,
      calls,
      pos,
      wpos: pos,
      hit: 0,
      ...(ewt !== undefined && { ewt }),
    };
    return { status: 200, body };
  };
  return [
    ['GET', /^\/urs\/call\/start\?/, { status: 200, body: { conn_id: CALL_ID } }],
    ['GET', /^\/urs\/call\/\w+\/lvq\?/, lvq],
    ['GET', /^\/urs\/call\/\w+\/invoke\?/, { status: 200, body: {} }],
    ['GET', /^\/urs\/call\/\w+\/delete$/, { status: 200, body: {} }],
    ['POST', /^\/genesys\/1\/notification\/publish$/, { status: 200 }],
    ['PUT', /^\/genesys\/1\/service\/callback\/chat-delay\//, { status: 200, body: {} }],
  ];
}

/** The facts and events of inbound_chat's association, which bring the chat. */
export function chatArrives(driver: DocumentDriver, media = 'chat', id = CHAT_ID): void {
  const view = {
    id,
    g_uid: id,
    media,
    location: { queue: 'inbound' },
    udata: { _id: SERVICE_ID },
    parties: [],
  };
  driver.event('interaction.added', { interactionid: id }, { interactions: { [id]: view } });
  driver.event('interaction.present', { interactionid: id });
}

export function chatEnds(driver: DocumentDriver): void {
  const data = { interactionid: CHAT_ID, resultof: 'deletion' };
  driver.event('interaction.deleted', data, { interactions: { [CHAT_ID]: null } });
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
export function redirectEnds(driver: DocumentDriver, name: string): void {
  const data = driver.data() as { requests: { redirect: string } };
  driver.event(name, { requestid: data.requests.redirect, interactionid: CHAT_ID, error: 'rejected' });
}

/** The states and reasons that were reported, in order: "QUEUED", "COMPLETED CANCELLED". */
export function reported(driver: DocumentDriver): string[] {
  return driver.trace.flatMap((line) => {
    const match = /^PUT \S+ (\{.*\})$/.exec(line);
    if (!match) return [];
    const body = JSON.parse(match[1] as string) as { _callback_state: string; _reason: string };
    return [`${body._callback_state} ${body._reason}`.trim()];
  });
}
