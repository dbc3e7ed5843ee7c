import { expect } from 'chai';
import type { Json } from '../../../../engine/ports/json.ts';
import type { OrsPlayer } from '../../../support/orsPlayer.ts';
import { logsOf, play } from './play.ts';

async function valueIn(expression: string): Promise<Json> {
  const player = await play(
    `<state id="s"><onentry><log expr="JSON.stringify(${expression.replaceAll('"', '&quot;').replaceAll('<', '&lt;')})"/></onentry></state>`,
  );
  const trace = player.takeTrace();
  const [text] = trace.filter((line) => line.startsWith('log '));
  if (text === undefined) throw new Error(`Expected a value of ${expression}, got ${trace.join('; ')}`);
  return JSON.parse(text.slice(4)) as Json;
}

const CHAT = { id: 'C1', g_uid: 'C1', media: 'chat', location: { queue: 'Q' }, udata: { a: 1 }, parties: [] };

function give(player: OrsPlayer, interactions: { readonly [id: string]: Json }, name = 'interaction.added') {
  player.send({ name, data: { interactionid: Object.keys(interactions)[0]! }, facts: { interactions } });
}

const tell = (expr: string) =>
  `<state id="s"><transition event="interaction"><log expr="${expr}"/></transition><transition event="error"><log expr="_event.name"/></transition></state>`;

/** ors-dialect 2.8. */
describe('_genesys.session', () => {
  it('has the server, the tenant, and its enumerations', async () => {
    expect(await valueIn('_genesys.session')).to.deep.equal({
      server: { url: 'http://ors.test', name: 'Orsay', cluster: 'Orsay' },
      tenant: 'Environment',
      tenantid: 1,
      lookupseq: {
        StartFromStrategy: -1,
        StartFromCDN: 0,
        StartFromRouter: 1,
        StartFromTenant: 2,
        StartFromTserver: 3,
      },
      day: { Sunday: 0, Monday: 1, Tuesday: 2, Wednesday: 3, Thursday: 4, Friday: 5, Saturday: 6 },
    });
  });

  it('has functions that find no list and no option when none is configured', async () => {
    const names = [
      'setTenant', 'getListItemValue', 'listLookupValue', 'getConfigOption', 'isSpecialDay', 'timeInZone',
      'dateInZone', 'dayInZone',
    ]; // biome-ignore format: a table
    expect(
      await valueIn(`${JSON.stringify(names)}.map(function (n) { return typeof _genesys.session[n] })`),
    ).to.deep.equal(names.map(() => 'function'));
    expect(
      await valueIn(
        "[_genesys.session.getListItemValue('L', 'i'), _genesys.session.getConfigOption('s', 'o'), _genesys.session.isSpecialDay('d')]",
      ),
    ).to.deep.equal([null, null, false]);
    expect(
      await valueIn(
        "[_genesys.session.timeInZone('ECT'), _genesys.session.dateInZone('ECT'), _genesys.session.dayInZone('ECT')]",
      ),
    ).to.deep.equal(['11:00:00', '2024-01-01', 1]);
  });

  it('raise an error event for another tenant, because a server has one', async () => {
    const player = await play(
      `<state id="s"><onentry><script>_genesys.session.setTenant('Environment'); _genesys.session.setTenant('Other');</script>
      <log expr="_genesys.session.tenant"/></onentry><transition event="error.session.settenant"><log expr="JSON.stringify(_event.data)"/></transition></state>`,
    );
    expect(logsOf(player)).to.deep.equal([
      'Environment',
      `{"error":"unsupported","description":"This server has one tenant: expected 'Environment' in setTenant(), got 'Other'."}`,
    ]);
  });
});

/** ors-dialect 2.10. */
describe('_genesys.queue and _genesys.statistic', () => {
  it('have their enumerations', async () => {
    expect(await valueIn('_genesys.queue')).to.deep.equal({
      rType: {
        RouteTypeUnknown: 0,
        RouteTypeDefault: 1,
        RouteTypeLabel: 2,
        RouteTypeOverwriteDNIS: 3,
        RouteTypeDDD: 4,
        RouteTypeIDDD: 5,
        RouteTypeDirect: 6,
        RouteTypeReject: 7,
        RouteTypeAnnouncement: 8,
        RouteTypePostFeature: 9,
        RouteTypeDirectAgent: 10,
        RouteTypeGetFromDN: 11,
      },
      usecapcond: { Only: 0, Never: 1, OnStatError: 2 },
      overwriteType: { UseNone: 0, UseDNIS: 1, UseConfig: 2, UseANI: 3 },
    });
  });

  it('pass excluded agents to the queue, and return the list that held before', async () => {
    const player = await play(
      `<state id="s"><onentry><log expr="_genesys.queue.excludeAgents('ann,bob')"/><log expr="_genesys.queue.excludeAgents('ann', 'kim')"/>
      <log expr="_genesys.queue.excludeAgents('')"/></onentry></state>`,
    );
    expect(logsOf(player)).to.deep.equal(['', 'ann,bob', 'ann,kim']);
    expect(
      player.modules.map(({ module, action, attributes }) => [module, action, attributes]),
    ).to.deep.equal(['ann,bob', 'ann,kim', ''].map((agents) => ['queue', 'excludeagents', { agents }]));
  });

  it('raise an error event where nobody has statistics', async () => {
    const player = await play(
      `<state id="s"><onentry><log expr="_genesys.statistic.sData('ann@S.A', 'StatX')"/></onentry><transition event="error.illegalvalue"><log expr="_event.data.description"/></transition></state>`,
    );
    expect(logsOf(player)).to.deep.equal([
      'Error: _genesys.statistic.sData(ann@S.A, StatX) has nobody to ask',
    ]);
  });
});

/** ors-dialect 2.11. */
describe('_genesys.ixn', () => {
  it('has the media types, and no interactions when the session starts', async () => {
    const { mediaType, ...others } = (await valueIn('_genesys.ixn')) as { mediaType: Record<string, number> };
    expect(others).to.deep.equal({ interactions: {}, firstixnid: '' });
    expect(Object.keys(mediaType)).to.deep.equal(
      [
        'Voice', 'VoIP', 'EMail', 'VMail', 'SMail', 'Chat', 'Video', 'Cobrowsing', 'Whiteboard', 'AppSharing',
        'Webform', 'WorkItem', 'Callback', 'Fax', 'IMChat', 'BusinessEvent', 'Alert', 'SMS', 'OutboundPreview',
        'OpenMedia', 'NativeSMS',
      ].map((name) => `TMedia${name}`),
    ); // biome-ignore format: a table
  });

  it('shows interactions by id and by number, together with their events', async () => {
    const player = await play(
      tell(
        '[_genesys.ixn.firstixnid, Object.keys(_genesys.ixn.interactions), typeof _genesys.ixn.interactions[0], _genesys.ixn.interactions[1] ? _genesys.ixn.interactions[1].media : null]',
      ),
    );
    give(player, { C1: CHAT });
    give(player, { C2: { ...CHAT, id: 'C2', media: 'email' } });
    give(player, { C1: null }, 'interaction.deleted');
    expect(logsOf(player)).to.deep.equal(['C1,C1,object,', 'C1,C1,C2,object,email', 'C2,C2,object,']);
  });

  it('raises an error event when code reads a missing interaction', async () => {
    const player = await play(tell('_genesys.ixn.interactions.gone.voice'));
    give(player, { C1: CHAT });
    expect(logsOf(player)).to.deep.equal(['error.illegalvalue']);
  });

  it('shows its own change of user data at once, and emits the request for it', async () => {
    const player = await play(
      `<state id="s"><transition event="interaction.added"><script>_genesys.ixn.setuData({ b: 2 }, _event.data.interactionid); _genesys.ixn.setuData({ c: 3 });</script>
        <log expr="_genesys.ixn.interactions.C1.udata.toSource() + _genesys.ixn.getuData('b', 'C1') + _genesys.ixn.getuData('c')"/></transition></state>`,
    );
    give(player, { C1: CHAT });
    expect(logsOf(player)).to.deep.equal(['({a:1, b:2, c:3})23']);
    expect(player.modules.map(({ action, attributes }) => [action, attributes])).to.deep.equal([
      ['setudata', { interactionid: 'C1', userdata: { b: 2 } }],
      ['setudata', { interactionid: 'C1', userdata: { c: 3 } }],
    ]);
  });

  it('deletes a key of user data, or several', async () => {
    const player = await play(
      `<state id="s"><transition event="interaction.added"><script>_genesys.ixn.deleteuData('a', 'C1'); _genesys.ixn.setuData({ b: 2, c: 3, d: 4 }); _genesys.ixn.deleteuData(['b', 'c']);</script>
        <log expr="_genesys.ixn.interactions.C1.udata.toSource()"/></transition></state>`,
    );
    give(player, { C1: CHAT });
    expect(logsOf(player)).to.deep.equal(['({d:4})']);
    expect(player.modules.map(({ attributes }) => attributes)).to.deep.equal([
      { interactionid: 'C1', userdata: { a: null } },
      { interactionid: 'C1', userdata: { b: 2, c: 3, d: 4 } },
      { interactionid: 'C1', userdata: { b: null, c: null } },
    ]);
  });

  it('cannot be changed by a document', async () => {
    const player = await play(
      tell("(_genesys.ixn.interactions.C1.media = 'x') + _genesys.ixn.interactions.C1.media"),
    );
    give(player, { C1: CHAT });
    expect(logsOf(player)).to.deep.equal(['xchat']);
  });
});
