import type { Config } from '../../../../server/process/config.ts';
import type { TestServer } from '../../../support/testServer.ts';
import type { Replacements } from '../exampleRequest.ts';
import { type Arrangement, type Arrangements, made } from './arrangement.ts';

const CHAT = 'EKUJPKAQ197CFA6SJQKTJ03DBG00001M';

function withServices(services: Config['services'], more: Partial<Config> = {}): Arrangement {
  return { config: (config) => ({ ...config, ...more, services: { ...config.services, ...services } }) };
}

const POLL = withServices({
  'request-chat-poll': { _type: 'builtin', _service: 'request-chat-poll' },
});

async function login(server: TestServer, agentId: string): Promise<Replacements> {
  await server.send('PUT', `/agent/1/agents/${agentId}`, { json: { state: 'ready', groups: ['Billing'] } });
  return {};
}

const PATTERNS = withServices(
  { 'match-interaction': { _type: 'builtin', _service: 'match-interaction' } },
  {
    patterns: {
      list: { '911': '911-?', email: '[\\w.]+@[\\w.]+' },
      groups: { patterns_def1: { email: '[\\w.]+@[\\w.]+' } },
    },
  },
);
const AGENT: Arrangement = { arrange: (server) => login(server, 'KSippola') };

export const SERVICE_ARRANGEMENTS: Arrangements = {
  'POST /genesys/1/service/:service chatPoll': POLL,
  'POST /genesys/1/service/:service interaction': withServices(
    { 'request-interaction': { _type: 'builtin', _service: 'request-interaction', _ttl: '600' } },
    { accessNumbers: { DNIS: ['8003449999'] } },
  ),
  'GET /genesys/1/service/:service officeHours': {
    ...withServices({
      office: { _type: 'builtin', _service: 'office-hours', _bh_regular1: 'Mon-Fri 08:00-16:00' },
    }),
    startMs: Date.UTC(2026, 2, 4),
  },
  'POST /genesys/1/service/:id/:request status': {
    ...POLL,
    async arrange(server) {
      await login(server, 'kate');
      return { [CHAT]: await made(server, '/genesys/1/service/request-chat-poll', { form: {} }) };
    },
  },
  'GET /genesys/1/service/:id/check-queue-position second': {
    async arrange(server) {
      const form = { _customer_number: '5115' };
      await made(server, '/genesys/1/service/callback/chat-delay', { form });
      return { [CHAT]: await made(server, '/genesys/1/service/callback/chat-delay', { form }) };
    },
  },
  'POST /genesys/1/patterns generalList': PATTERNS,
  'POST /genesys/1/patterns/group/:group group': PATTERNS,
  'POST /genesys/1/patterns/group/:group withoutExceptions': PATTERNS,
  'POST /genesys/1/statistic loginTime': AGENT,
  'POST /genesys/1/internal_statistic loginTime': AGENT,
};
