import type { Config } from '../../server/process/config.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';

export interface OpenMediaCentre {
  readonly server: TestServer;
  /** POST below /genesys/2, and what happens at once because of it. */
  post(
    path: string,
    form?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestReply>;
  /** A request of the agent kate about an interaction. */
  agent(method: string, path: string, json?: unknown): Promise<TestReply>;
  /** Creates an interaction of the service `submitter`. Resolves with its id. */
  create(form?: Readonly<Record<string, string>>): Promise<string>;
  /** Creates an e-mail of the service `support`. Resolves with its id. */
  mail(form?: Readonly<Record<string, string>>): Promise<string>;
  get(
    id: string,
    service?: string,
  ): Promise<{ readonly properties: Readonly<Record<string, unknown>>; readonly email?: object }>;
}

export const MAIL = {
  firstName: 'John',
  lastName: 'Doe',
  fromAddress: 'jdoe@gmail.com',
  subject: 'Help with account',
  text: 'I need help with my account',
};

/** A configuration with a service of open media, one of e-mail, and their queue. */
export function openMediaConfig(config: Config, options: Readonly<Record<string, string>> = {}): Config {
  return {
    ...config,
    services: {
      ...config.services,
      submitter: { _type: 'openmedia', queue: 'OpenMedia_In', ...options },
      support: { _type: 'email', queue: 'OpenMedia_In', mailbox: 'support@company.com' },
    },
    queues: { ...config.queues, OpenMedia_In: { application: 'script:OpenMedia' } },
    scripts: {
      ...config.scripts,
      OpenMedia: {
        Application: config.scripts.GMSInbound!.Application,
        ApplicationParms: {
          app_find_agent_timeout: '3600',
          app_selected_agent_group: 'Billing',
          app_after_timeout: 'again',
        },
      },
    },
  };
}

export function openMediaCentre(
  given: {
    readonly config?: (config: Config) => Config;
    readonly server?: Omit<NonNullable<Parameters<typeof createTestServer>[0]>, 'config'>;
  } = {},
): OpenMediaCentre {
  const server = createTestServer({
    ...given.server,
    config: (config) => (given.config ?? openMediaConfig)(config),
  });
  const post: OpenMediaCentre['post'] = async (path, form = {}, headers = {}) => {
    const reply = await server.send('POST', `/genesys/2/${path}`, { form, headers });
    await server.advance(0);
    return reply;
  };
  const idOf = ({ json, text }: TestReply): string => {
    const { interactionId } = (json ?? {}) as { interactionId?: string };
    if (interactionId === undefined) throw new Error(`Expected a new interaction, got ${text}`);
    return interactionId;
  };
  return {
    server,
    post,
    async agent(method, path, json) {
      const reply = await server.send(method, `/agent/1/${path}`, json === undefined ? {} : { json });
      await server.advance(0);
      return reply;
    },
    create: async (form) => idOf(await post('openmedia/submitter', form)),
    mail: async (form) => idOf(await post('email/support', { ...MAIL, ...form })),
    async get(id, service = 'openmedia/submitter') {
      return (await post(`${service}/${id}/get`)).json as Awaited<ReturnType<OpenMediaCentre['get']>>;
    },
  };
}

/** Kate takes the given media, one interaction each. */
export function kate(centre: OpenMediaCentre, media: readonly string[]): Promise<TestReply> {
  return centre.agent('PUT', 'agents/kate', { state: 'ready', groups: ['Billing'], media });
}
