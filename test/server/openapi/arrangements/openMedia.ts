import { openMediaConfig } from '../../../support/openMediaCentre.ts';
import { type Arrangement, type Arrangements, made } from './arrangement.ts';

const MAIL = '04AMUAPEQJ80000V';
const ITEM = '04AMUAPEQJ80000U';

const service: Arrangement = { config: (config) => openMediaConfig(config) };

const item: Arrangement = {
  ...service,
  async arrange(server) {
    const form = { externalId: 'xy932' };
    return { [ITEM]: await made(server, '/genesys/2/openmedia/submitter', { form }, 'interactionId') };
  },
};

const mail: Arrangement = {
  ...service,
  async arrange(server) {
    const form = {
      firstName: 'John',
      lastName: 'Doe',
      fromAddress: 'jdoe@gmail.com',
      subject: 'Help with account',
      text: 'I need help with my account',
    };
    return { [MAIL]: await made(server, '/genesys/2/email/support', { form }, 'interactionId') };
  },
};

const BELOW = ['get', 'update', 'stop'];

/** An e-mail that kate has. */
const handled: Arrangement = {
  ...mail,
  async arrange(server) {
    await server.send('PUT', '/agent/1/agents/kate', {
      json: { state: 'ready', groups: ['Billing'], media: ['email'] },
    });
    const made = await mail.arrange!(server);
    await server.advance(0);
    await server.send('POST', `/agent/1/interactions/${made[MAIL]}/accept`, { form: { agentId: 'kate' } });
    return made;
  },
};

export const OPEN_MEDIA_ARRANGEMENTS: Arrangements = {
  'POST /genesys/2/openmedia/:service create': service,
  'POST /genesys/2/email/:service create': service,
  ...Object.fromEntries(
    BELOW.flatMap((name) => [
      [`POST /genesys/2/openmedia/:service/:interactionId/${name} sample`, item],
      [`POST /genesys/2/email/:service/:interactionId/${name} sample`, mail],
    ]),
  ),
  'POST /agent/1/interactions/:id/reply kate': handled,
};
