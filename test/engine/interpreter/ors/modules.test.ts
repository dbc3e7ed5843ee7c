import { expect } from 'chai';
import { createSession, parseDocument } from '../../../../engine/index.ts';
import type { ModuleEffect } from '../../../../engine/interpreter/effects.ts';
import { createSimulatedClock } from '../../../support/simulatedClock.ts';
import { logsOf, play } from './play.ts';

const NAMES: { readonly [module: string]: string } = { interaction: 'ixn' };

/** Elements of ors-dialect 2.8 to 2.12, and some that no source names. */
const ELEMENTS: { readonly [module: string]: readonly string[] } = {
  session: ['fetch', 'start', 'terminate', 'updatestart', 'unheardof'],
  queue: ['submit', 'update', 'cancel', 'query', 'unheardof'],
  interaction: [
    'accept', 'associate', 'attach', 'createcall', 'createmessage', 'detach', 'redirect', 'terminate', 'unheardof',
  ],
  dialog: [
    'collect', 'pause', 'play', 'playandcollect', 'playsound', 'remote', 'runtreatments', 'start', 'stop', 'unheardof',
  ],
  classification: ['classify', 'unheardof'],
  statistic: ['get', 'unheardof'],
}; // biome-ignore format: a table

/** The request of the last element, without its constant parts. */
async function askedBy(element: string, data = ''): Promise<Partial<ModuleEffect>> {
  const player = await play(
    `<datamodel><data id="App" expr="{}"/>${data}</datamodel><state id="s"><onentry>${element}</onentry></state>`,
  );
  const { kind: _, key: __, ...effect } = player.modules.at(-1)!;
  return effect;
}

describe('elements of Genesys modules', () => {
  for (const [module, names] of Object.entries(ELEMENTS)) {
    for (const name of names) {
      it(`<${module}:${name}> gets error.${module}.${name} when no part performs it`, async () => {
        const prefix = NAMES[module] ?? module;
        const document = await parseDocument(
          `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" xmlns:${prefix}="www.genesyslab.com/modules/${module}">
            <datamodel><data id="id"/></datamodel>
            <state id="s"><onentry><${prefix}:${name} requestid="_data.id" interactionid="'I'"/></onentry>
              <transition event="error.${module}.${name}" cond="_event.data.requestid == _data.id || _data.id == null" target="told"/></state>
            <state id="told"><onentry><log expr="[_event.data.error, _event.data.description]"/></onentry></state></scxml>`,
        );
        const session = createSession(document, { clock: createSimulatedClock(), id: 'S' });
        session.start();
        expect([...session.configuration]).to.deep.equal(['told']);
      });
    }
  }

  it('emit their evaluated attributes, params and content, and assign the request id to its location', async () => {
    expect(
      await askedBy(
        `<session:fetch requestid="App['requestid']" srcexpr="'http://x.test/' + 1" method="'post'" enctype="'application/json'" type="'application/json'" timeout="30" maxage="60" maxstale="5" headers="{ 'X-A': 'b' }" gdelivery="true" gd_retries="2" gd_retry_interval="1"><content _expr="{ a: [App.requestid] }"/></session:fetch>`,
      ),
    ).to.deep.equal({
      module: 'session',
      action: 'fetch',
      requestId: 'SESSION.effect1',
      attributes: {
        srcexpr: 'http://x.test/1',
        method: 'post',
        enctype: 'application/json',
        type: 'application/json',
        timeout: 30,
        maxage: 60,
        maxstale: 5,
        headers: { 'X-A': 'b' },
        gdelivery: true,
        gd_retries: 2,
        gd_retry_interval: 1,
        requestid: 'SESSION.effect1',
      },
      params: {},
      content: { a: [null] },
      children: [],
    });
  });

  it('keep the targets of a submit, as words and as expressions', async () => {
    const submit = await askedBy(
      `<queue:submit requestid="App.id" priority="5" route="false" ordertype="min" orderstat="'StatAgentLoading'"><queue:targets type="agentgroup" statserver="'S'"><queue:target name="'G'" weight="'60'" threshold="'sdata(GA,StatX)>1'"/><queue:targetid expr="'{1}[2]ann@S.A'"/></queue:targets></queue:submit>`,
    );
    expect(submit.attributes).to.deep.equal({
      priority: 5,
      route: false,
      ordertype: 'min',
      orderstat: 'StatAgentLoading',
      requestid: 'SESSION.effect1',
    });
    expect(submit.children).to.deep.equal([
      {
        name: 'targets',
        attributes: { type: 'agentgroup', statserver: 'S' },
        params: {},
        children: [
          {
            name: 'target',
            attributes: { name: 'G', weight: '60', threshold: 'sdata(GA,StatX)>1' },
            params: {},
            children: [],
          },
          { name: 'targetid', attributes: { expr: '{1}[2]ann@S.A' }, params: {}, children: [] },
        ],
      },
    ]);
  });

  it('that name an earlier request use its id, also in the answer', async () => {
    for (const element of ['queue:cancel', 'queue:query', 'queue:update', 'dialog:stop']) {
      const { attributes } = await askedBy(`<${element} requestid="'R'.concat(1)"/>`);
      expect(attributes, element).to.deep.equal({ requestid: 'R1' });
    }
    const player = await play(
      `<state id="s"><onentry><queue:cancel requestid="'R1'"/></onentry><transition event="queue.cancel.done"><log expr="_event.data.requestid"/></transition></state>`,
    );
    player.answer('queue.cancel.done');
    expect(logsOf(player)).to.deep.equal(['R1']);
  });

  it('of start assign the id of the new session at once', async () => {
    const player = await play(
      `<datamodel><data id="child"/></datamodel><state id="s"><onentry><session:start src="'child.scxml'" sessionid="_data.child" idealtime="1000"><param name="a" expr="1"/></session:start><log expr="_data.child"/></onentry></state>`,
    );
    const [id] = logsOf(player);
    expect(id).to.match(/^[0-9A-Z]{32}$/);
    expect(player.modules[0]).to.deep.include({
      attributes: { src: 'child.scxml', idealtime: 1000, sessionid: id },
      params: { a: 1 },
    });
  });

  it('that are unknown keep attributes as text when the attributes are not code', async () => {
    const asked = await askedBy('<dialog:sing song="la la la" volume="11" pitch="nobody"/>');
    expect(asked.attributes).to.deep.equal({ song: 'la la la', volume: 11, pitch: 'nobody' });
  });
});

describe('<ws:response>', () => {
  const respond = (inner: string, attributes = '') =>
    play(
      `<state id="s"><transition event="ask"><ws:response requestid="_event.sendid" ${attributes}>${inner}</ws:response></transition></state>`,
    ).then((player) => {
      player.send({ name: 'ask', sendid: 'REQ', data: { paramtype: 'application/json', param: { a: 1 } } });
      return player.responses;
    });

  it('answers with its params as JSON, with nested objects', async () => {
    expect(
      await respond(
        `<param name="_id" expr="'1'"/><param name="_chat_parameters" expr="{ subject: [_event.data.param.a] }"/>`,
      ),
    ).to.deep.equal([
      {
        kind: 'respond',
        requestId: 'REQ',
        positive: true,
        body: { _id: '1', _chat_parameters: { subject: [1] } },
      },
    ]);
  });

  it('answers negatively with a result code, and with unchanged content', async () => {
    expect(
      await respond('<content _expr="[1, 2]"/>', `type="'negative'" resultcode="'4' + '09'"`),
    ).to.deep.equal([
      { kind: 'respond', requestId: 'REQ', positive: false, resultCode: '409', body: [1, 2] },
    ]);
    expect((await respond('', 'type="negative" resultcode="503"'))[0]).to.deep.include({
      positive: false,
      resultCode: '503',
      body: {},
    });
  });

  it('raises its error event for another type, and answers nothing', async () => {
    expect(await respond('', `type="'maybe'"`)).to.deep.equal([]);
  });
});
