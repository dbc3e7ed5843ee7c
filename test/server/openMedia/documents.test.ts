import { expect } from 'chai';
import {
  kate,
  type OpenMediaCentre,
  openMediaCentre,
  openMediaConfig,
} from '../../support/openMediaCentre.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

const IXN = 'xmlns:ixn="http://www.genesyslab.com/modules/interaction" initial="waiting"';
/** Attaches the events that it got, and ends the interaction when its customer asks for it. */
const DOCUMENT = orsDocument(
  `<datamodel><data id="ixn" expr="''"/><data id="seen" expr="''"/></datamodel>
  <state id="waiting">
    <transition event="interaction.added" target="owning">
      <assign location="_data.ixn" expr="_event.data.interactionid"/>
    </transition>
  </state>
  <state id="owning">
    <onentry>
      <ixn:setudata interactionid="_data.ixn" userdata="{
        medium: _genesys.ixn.interactions[_data.ixn].media,
        from: _genesys.ixn.interactions[_data.ixn].udata.FromAddress
      }"/>
    </onentry>
    <transition event="interaction.udata.changed" cond="_event.data.udata.close == 'yes'">
      <ixn:terminate interactionid="_data.ixn" reason="'closed as you asked'"/>
    </transition>
    <transition event="interaction.abandoned"><log expr="'abandoned ' + _event.data.interactionid"/></transition>
    <transition event="interaction.deleted" target="ended"/>
  </state>
  <final id="ended"/>`,
  IXN,
);

describe('the document of a queue, with open media and e-mails', () => {
  let centre: OpenMediaCentre;
  beforeEach(() => {
    centre = openMediaCentre({
      server: { documents: writeDocuments({ 'own/own.scxml': DOCUMENT }) },
      config: (config) => {
        const { scripts, ...rest } = openMediaConfig(config);
        const url = '/genesys/1/document/service_template/own/own.scxml';
        const OpenMedia = { Application: { url }, ApplicationParms: {} };
        return { ...rest, scripts: { ...scripts, OpenMedia } };
      },
    });
  });
  afterEach(() => centre.server.orsay.close());

  const logged = (text: string) =>
    centre.server.lines.filter((line) => JSON.stringify(line).includes(text)).length;

  it('sees the medium and the user data, and its own data are those of the customer', async () => {
    const id = await centre.mail();
    await centre.server.advance(0);
    const { interactionUserData } = (await centre.get(id, 'email/support')).properties;
    expect(interactionUserData).to.deep.include.members([
      { key: 'medium', value: 'email' },
      { key: 'from', value: 'jdoe@gmail.com' },
    ]);
  });

  it('hears of changed user data, and ends the interaction with a reason that the customer reads', async () => {
    const id = await centre.create();
    await centre.post(`openmedia/submitter/${id}/update`, { 'userData[close]': 'yes' });
    await centre.server.advance(0);
    expect((await centre.get(id)).properties).to.include({
      interactionState: 'Stopped',
      interactionStopReason: 'closed as you asked',
    });
  });

  it('hears that the customer stopped it', async () => {
    const id = await centre.create();
    await centre.server.advance(0);
    await centre.post(`openmedia/submitter/${id}/stop`);
    await centre.server.advance(0);
    expect(logged(`abandoned ${id}`)).to.equal(1);
  });
});

describe('the statistics of open media and e-mails', () => {
  it('count for the agent as those of chats do', async () => {
    const centre = openMediaCentre();
    await kate(centre, ['email']);
    const statistic = async (metric: string) => {
      const form = { objectId: 'kate', objectType: 'Agent', tenant: 'Environment', metric };
      const headers = { 'cache-control': 'max-age=0' };
      const { json } = await centre.server.send('POST', '/genesys/1/statistic', { form, headers });
      return (json as { value: number }).value;
    };
    const rejected = await centre.mail();
    await centre.agent('POST', `interactions/${rejected}/reject`);
    await centre.post(`email/support/${rejected}/stop`);
    const mail = await centre.mail();
    await centre.agent('POST', `interactions/${mail}/accept`);
    await centre.server.advance(60_000);
    await centre.agent('POST', `interactions/${mail}/leave`);
    expect(await statistic('TotalNumberOffered')).to.be.greaterThan(1);
    expect(await statistic('TotalNumberRejected')).to.equal(1);
    expect(await statistic('TotalNumberAccepted')).to.equal(1);
    expect(await statistic('TotalNumberHandled')).to.equal(1);
    await centre.server.orsay.close();
  });
});
