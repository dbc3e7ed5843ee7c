import { expect } from 'chai';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

/** Texts that a page has to show as they are. */
export const HOSTILE_NAME = '<img/src=x/onerror=alert(1)>';
export const HOSTILE_TEXT = '</script><script>alert(2)</script>"\'&{}\u202e';

const ORDER = orsDocument(
  `<datamodel><data id="count" expr="0"/><data id="names" expr="[]"/></datamodel>
  <state id="open">
    <onentry><send event="'late'" delay="'60s'"/></onentry>
    <transition event="add"><script>_data.count += _event.data.by; _data.names.push(_event.name);</script></transition>
    <transition event="check" cond="_data.count &gt; 2" target="checking"/>
    <transition event="wrong"><script>_data.names = nothing.at.all;</script></transition>
    <transition event="late" target="closed"/>
    <transition event="*"><script>_data.names.push(_event.name);</script></transition>
  </state>
  <state id="checking">
    <onentry><send event="'own'"/></onentry>
    <transition event="own" target="approved"/>
  </state>
  <state id="approved">
    <transition event="stop" target="closed"/>
  </state>
  <final id="closed"/>`,
  'initial="open"',
);

/** 302 states in 10 regions, each with two transitions. */
const LARGE = orsDocument(
  `<parallel id="all">${Array.from({ length: 10 }, (_, region) => {
    const states = Array.from({ length: 29 }, (_state, at) => {
      const [next, far] = [(at + 1) % 29, (at + 7) % 29].map((number) => `s${region}_${number}`);
      return `
    <state id="s${region}_${at}"><transition event="next" target="${next}"/>
      <transition event="far" cond="_data.n &gt; ${at}" target="${far}"/></state>`;
    });
    return `
  <state id="region${region}">${states.join('')}
  </state>`;
  }).join('')}
</parallel>`,
  'initial="all"',
);

/** A server on which orders are debugged and traced. */
export interface Orders {
  readonly orsay: TestOrsay;
  /** Starts an order, or the large document, and gives its id. */
  start(document?: 'order' | 'large'): Promise<string>;
  send(sid: string, name: string, data?: unknown): Promise<void>;
  /** The page of the session. */
  page(sid: string): string;
}

export async function startOrders({ isDebugged = true, isTraced = true } = {}): Promise<Orders> {
  const orsay = await startOrsay({
    hasOwnUrl: true,
    documents: writeDocuments({ 'order/order.scxml': ORDER, 'large/large.scxml': LARGE }),
    change(config) {
      config.debug = { ...config.debug, enabled: isDebugged };
      config.traces = { ...config.traces, documents: isTraced ? ['*'] : [] };
    },
  });
  const post = async (path: string, init: RequestInit): Promise<unknown> => {
    const reply = await fetch(`${orsay.base}${path}`, { method: 'POST', ...init });
    const text = await reply.text();
    expect(reply.status, text).to.equal(200);
    await orsay.durable.idle();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    orsay,
    async start(document = 'order') {
      const src = `${orsay.base}/genesys/1/document/service_template/${document}/${document}.scxml`;
      const started = await post('/scxml/session/start', { body: new URLSearchParams({ src }) });
      // The search of sessions reads them once a second.
      await orsay.advance(2_000);
      return (started as { _id: string })._id;
    },
    async send(sid, name, data = {}) {
      await post(`/scxml/session/${sid}/event/${encodeURIComponent(name)}`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(data),
      });
    },
    page: (sid) => `${orsay.base}/console/sessions/${sid}`,
  };
}
