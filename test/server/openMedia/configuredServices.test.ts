import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { type Config, ConfigError, parseConfig } from '../../../server/process/config.ts';
import {
  kate,
  MAIL,
  type OpenMediaCentre,
  openMediaCentre,
  openMediaConfig,
} from '../../support/openMediaCentre.ts';
import { testConfig } from '../../support/testConfig.ts';

function problemsOf(options: Record<string, string>): readonly string[] {
  const config = openMediaConfig(testConfig());
  try {
    parseConfig({ ...config, services: { x: options } }, 'config.json');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((one) => one.replace('services.x.', ''));
    throw error;
  }
  return [];
}

describe('services of open media and e-mail in the configuration', () => {
  let centre: OpenMediaCentre | undefined;
  afterEach(async () => {
    await centre?.server.orsay.close();
    centre = undefined;
  });

  const open = (change: (config: Config) => Config): OpenMediaCentre => {
    centre = openMediaCentre({ config: (config) => change(openMediaConfig(config)) });
    return centre;
  };
  const withServices = (services: Record<string, Record<string, string>>) => (config: Config) => ({
    ...config,
    services: { ...config.services, ...services },
  });

  it('are refused with options that are unknown, wrong, or name nothing', () => {
    expect(problemsOf({ _type: 'openmedia', queue: 'OpenMedia_In' })).to.deep.equal([]);
    expect(problemsOf({ _type: 'openmedia' })).to.deep.equal([
      'queue: expected the name of an interaction queue',
    ]);
    expect(problemsOf({ _type: 'email', queue: 'no' })).to.deep.equal([
      "queue: there is no queue 'no' in queues",
    ]);
    const queue = 'OpenMedia_In';
    expect(
      problemsOf({ _type: 'openmedia', queue, media_type: 'chat', interaction_type: 'x' }),
    ).to.deep.equal([
      "media_type: expected a value of openMedia.mediaTypes, got 'chat'",
      "interaction_type: expected a value of openMedia.interactionTypes, got 'x'",
    ]);
    expect(problemsOf({ _type: 'openmedia', queue, allow_overwrite: 'yes' })).to.deep.equal([
      "allow_overwrite: expected true or false, got 'yes'",
    ]);
    expect(problemsOf({ _type: 'email', queue, mailbox: 'support' })).to.deep.equal([
      "mailbox: expected an e-mail address, got 'support'",
    ]);
    expect(
      problemsOf({ _type: 'email', queue, max_files: '21', max_size: '10 MB', file_types: 'pdf, .doc' }),
    ).to.deep.equal([
      "max_files: expected 0 to 20 (MAX_FILES), got '21'",
      "max_size: expected whole megabytes, as 10 or 10MB, got '10 MB'",
      "file_types: expected extensions without a dot, got '.doc'",
    ]);
    expect(problemsOf({ _type: 'email', queue, max_files: '0', max_size: '5MB' })).to.deep.equal([]);
    expect(problemsOf({ _type: 'email', queue, allow_overwrite: 'true' }).join()).to.match(
      /^allow_overwrite: expected one of _type, queue, /,
    );
    expect(problemsOf({ _type: 'email', queue, tenant: 'Other' })).to.deep.equal([
      "tenant: expected Environment, the only one, got 'Other'",
    ]);
    expect(problemsOf({ _type: 'email', queue, _auth_user: 'bank' })).to.deep.equal([
      '_auth_user: expected _auth_user and _auth_password_hash, or neither',
    ]);
  });

  it('are found by the name of their section, by their own name, and by the section for all names', async () => {
    const options = { queue: 'OpenMedia_In' };
    const { server, post } = open(
      withServices({
        'email.CNLAB': { _type: 'email', ...options },
        'openmedia.CNLAB': { _type: 'openmedia', ...options },
        openmedia: { _type: 'openmedia', ...options, media_type: 'fax' },
      }),
    );
    const media = async (path: string, form: Record<string, string> = {}) => {
      const { interactionId } = (await post(path, form)).json as { interactionId?: string };
      const found = await post(`${path}/${interactionId}/get`);
      return (found.json as { properties?: { interactionMediatype: string } }).properties
        ?.interactionMediatype;
    };
    expect(await media('email/CNLAB', MAIL)).to.equal('email');
    expect(await media('openmedia/CNLAB')).to.equal('workitem');
    expect(await media('openmedia/anything')).to.equal('fax');
    expect((await post('email/anything', MAIL)).status).to.equal(404);
    const service = await server.send('POST', '/genesys/1/service/support', { form: {} });
    expect(service.status).to.equal(404);
  });

  it('check their own credentials also while the server has users, whose credentials others take', async () => {
    const passwordHash = hashPassword('s3cret');
    const own = { _type: 'email', queue: 'OpenMedia_In' };
    const account = { _auth_user: 'bank', _auth_password_hash: passwordHash };
    const { post } = open((config) => ({
      ...withServices({ 'email.guarded mail': { ...own, ...account }, plain: own })(config),
      users: {
        olga: { role: 'administrator', passwordHash },
        gms: { role: 'platform', passwordHash },
      },
    }));
    const asUser = (user: string, password = 's3cret') => ({
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    });
    const created = await post('email/guarded%20mail', MAIL, asUser('bank'));
    expect(created.json).to.include({ statusCode: 0 });
    for (const headers of [{}, asUser('bank', 'wrong'), asUser('gms')]) {
      const refused = await post('email/guarded%20mail', MAIL, headers);
      expect([refused.status, (refused.json as { statusCode?: number }).statusCode]).to.deep.equal([401, 2]);
    }
    expect((await post('email/plain', MAIL, asUser('gms'))).json).to.include({ statusCode: 0 });
    const refused = await post('email/plain', MAIL, asUser('bank'));
    expect([refused.status, (refused.json as { code?: string }).code]).to.deep.equal([401, 'UNAUTHORIZED']);
  });

  it('check their own credentials for each request', async () => {
    const hash = hashPassword('s3cret');
    const { post } = open(
      withServices({
        guarded: { _type: 'openmedia', queue: 'OpenMedia_In', _auth_user: 'bank', _auth_password_hash: hash },
      }),
    );
    const authorization = `Basic ${Buffer.from('bank:s3cret').toString('base64')}`;
    const created = await post('openmedia/guarded', {}, { authorization });
    const { interactionId } = created.json as { interactionId: string };
    for (const path of ['openmedia/guarded', `openmedia/guarded/${interactionId}/get`]) {
      const refused = await post(path);
      expect([refused.status, refused.headers['www-authenticate']]).to.deep.equal([
        401,
        'Basic realm="orsay", charset="UTF-8"',
      ]);
      expect((await post(path, {}, { authorization })).json).to.include({ statusCode: 0 });
    }
  });

  it('show a chat by its id only where _readable_media names it, and never change it', async () => {
    const { server, post } = open(
      withServices({
        'customer-support': { _type: 'chat' },
        getInteraction: { _type: 'openmedia', queue: 'OpenMedia_In', _readable_media: 'chat, email' },
      }),
    );
    const chat = await server.send('POST', '/genesys/2/chat/customer-support', {
      form: { nickname: 'Ann', 'userData[EnableCSI]': 'true' },
    });
    const { chatId } = chat.json as { chatId: string };
    const shown = await post(`openmedia/getInteraction/${chatId}/get`);
    const { properties } = shown.json as { properties: { interactionUserData: readonly object[] } };
    expect(properties).to.include({ interactionMediatype: 'chat', interactionIsOnline: true });
    expect(properties.interactionUserData).to.deep.include({ key: 'EnableCSI', value: 'true' });
    const unknown = {
      code: 404,
      advice: `No interaction '${chatId}' of the service 'submitter', or it ended too long ago.`,
    };
    expect((await post(`openmedia/submitter/${chatId}/get`)).json).to.deep.equal({
      statusCode: 2,
      errors: [unknown],
    });
    for (const operation of ['stop', 'update']) {
      const refused = await post(`openmedia/getInteraction/${chatId}/${operation}`, { 'userData[a]': 'b' });
      expect(refused.json, operation).to.include({ statusCode: 2 });
    }
  });

  it('belong to the gms_user that creates them, where the server knows it', async () => {
    const gateway = { mode: 'gateway' as const, anonymous: false };
    const { post } = open((config) => ({
      ...config,
      security: { ...config.security, customers: gateway, gateways: ['127.0.0.1'] } as Config['security'],
    }));
    const ann = { gms_user: 'ann' };
    const created = await post('email/support', MAIL, ann);
    const { interactionId } = created.json as { interactionId: string };
    expect((await post(`email/support/${interactionId}/get`, {}, ann)).json).to.include({ statusCode: 0 });
    const unknown = (await post('email/support/0000/get', {}, { gms_user: 'bob' })).json;
    for (const operation of ['get', 'update', 'stop']) {
      const refused = await post(
        `email/support/${interactionId}/${operation}`,
        { 'userData[a]': 'b' },
        { gms_user: 'bob' },
      );
      expect(
        JSON.parse(JSON.stringify(refused.json).replaceAll(interactionId, '0000')),
        operation,
      ).to.deep.equal(unknown);
    }
  });

  it('keep an interaction after its end as long as the installation says', async () => {
    const { server, create, post, agent } = open((config) => ({
      ...config,
      openMedia: { ...config.openMedia, keptDays: 3 },
    }));
    const day = 86_400_000;
    const id = await create();
    await kate(centre!, ['workitem']);
    await agent('POST', `interactions/${id}/accept`);
    await server.advance(10 * day);
    const shown = async () => (await post(`openmedia/submitter/${id}/get`)).json;
    expect(await shown()).to.include({ statusCode: 0 });
    await agent('POST', `interactions/${id}/leave`);
    await server.advance(3 * day - 1);
    expect(await shown()).to.include({ statusCode: 0 });
    await server.advance(2);
    expect(await shown()).to.include({ statusCode: 2 });
  });
});
