import { expect } from 'chai';
import {
  MAIL,
  type OpenMediaCentre,
  openMediaCentre,
  openMediaConfig,
} from '../../support/openMediaCentre.ts';

const NOW = '2026-01-05T09:00:00Z';

/** gms-api 7.8. */
describe('chapter 7b, open media and e-mail', () => {
  let centre: OpenMediaCentre;
  afterEach(() => centre.server.orsay.close());

  const open = (options: Record<string, string> = {}) => {
    centre = openMediaCentre({ config: (config) => openMediaConfig(config, options) });
  };
  const userDataOf = async (id: string, service?: string) =>
    (await centre.get(id, service)).properties.interactionUserData;
  const kindOf = async (id: string) => {
    const { interactionMediatype, interactionType, interactionSubtype } = (await centre.get(id)).properties;
    return [interactionMediatype, interactionType, interactionSubtype];
  };
  const faultOf = ({ status, json }: { status: number; json: unknown }) => {
    const { statusCode, errors } = json as {
      statusCode: number;
      errors?: [{ code: number; advice: string }];
    };
    return [status, statusCode, errors?.[0].code, errors?.[0].advice];
  };

  it('creates an interaction, whose user data have the external id as ExternalId', async () => {
    open();
    const created = await centre.post('openmedia/submitter', {
      externalId: 'xy932',
      'userData[key1]': 'value1',
    });
    const { interactionId } = created.json as { interactionId: string };
    expect([created.status, created.json]).to.deep.equal([200, { statusCode: 0, interactionId }]);
    expect(created.headers).to.include({ 'content-type': 'application/json;charset=UTF-8' });
    expect(await centre.get(interactionId)).to.deep.equal({
      statusCode: 0,
      properties: {
        interactionId,
        interactionExternalId: 'xy932',
        interactionType: 'Inbound',
        interactionSubtype: 'InboundNew',
        interactionMediatype: 'workitem',
        interactionTenantId: 1,
        interactionQueue: 'OpenMedia_In',
        interactionState: 'Queued',
        interactionIsLocked: false,
        interactionIsOnline: false,
        interactionIsHeld: false,
        interactionSubmittedBy: 'orsay',
        interactionSubmitSeq: 1,
        interactionReceivedAt: NOW,
        interactionSubmittedAt: NOW,
        interactionPlacedInQueueAt: NOW,
        interactionMovedToQueueAt: NOW,
        interactionUserData: [
          { key: 'key1', value: 'value1' },
          { key: 'ExternalId', value: 'xy932' },
        ],
      },
    });
  });

  it('takes plain fields as user data, but none that the server reads', async () => {
    open();
    const id = await centre.create({ ixnId: '0001', csi: '5', _ors_session_id: 'S', 'userData[_id]': 'x' });
    expect(await userDataOf(id)).to.deep.equal([
      { key: 'ixnId', value: '0001' },
      { key: 'csi', value: '5' },
    ]);
  });

  it('has the medium and the types of the service, whatever the request names', async () => {
    open({ media_type: 'webform', interaction_type: 'Internal', interaction_subtype: 'InternalNew' });
    const named = { mediaType: 'fax', interactionType: 'Outbound', interactionSubType: 'OutboundNew' };
    expect(await kindOf(await centre.create(named))).to.deep.equal(['webform', 'Internal', 'InternalNew']);
  });

  it('has those of the request with allow_overwrite, if they are Business Attributes', async () => {
    open({ allow_overwrite: 'true' });
    const named = { mediaType: 'fax', interactionType: 'Outbound', interactionSubType: 'OutboundNew' };
    expect(await kindOf(await centre.create(named))).to.deep.equal(['fax', 'Outbound', 'OutboundNew']);
    expect(await kindOf(await centre.create({ mediaType: 'sms' }))).to.deep.equal([
      'sms',
      'Inbound',
      'InboundNew',
    ]);
    for (const [name, value, list] of [
      ['mediaType', 'chat', 'workitem, email, webform, callback, fax, sms'],
      ['interactionType', 'x', 'Inbound, Outbound, Internal'],
      ['interactionSubType', 'x', 'InboundNew, InboundCustomerReply, OutboundNew, InternalNew'],
    ] as const) {
      expect(faultOf(await centre.post('openmedia/submitter', { [name]: value }))).to.deep.equal([
        400,
        2,
        400,
        `Expected '${name}' to be one of ${list}, got '${value}'.`,
      ]);
    }
  });

  it('changes user data by update, and refuses one without them', async () => {
    open();
    const id = await centre.create({ 'userData[color]': 'red', 'userData[size]': '42' });
    const updated = await centre.post(`openmedia/submitter/${id}/update`, { 'userData[color]': 'blue' });
    expect([updated.status, updated.json]).to.deep.equal([200, { statusCode: 0 }]);
    expect(await userDataOf(id)).to.deep.equal([
      { key: 'color', value: 'blue' },
      { key: 'size', value: '42' },
    ]);
    expect(faultOf(await centre.post(`openmedia/submitter/${id}/update`))).to.deep.equal([
      400,
      2,
      400,
      "Expected 'userData', got none.",
    ]);
  });

  it('ends by stop, also when it is repeated, and takes no update then', async () => {
    open();
    const id = await centre.create();
    await centre.server.advance(90_000);
    for (const _ of [1, 2]) {
      const stopped = await centre.post(`openmedia/submitter/${id}/stop`);
      expect([stopped.status, stopped.json]).to.deep.equal([200, { statusCode: 0 }]);
    }
    expect((await centre.get(id)).properties).to.include({
      interactionState: 'Stopped',
      interactionIsLocked: false,
      interactionReceivedAt: NOW,
      interactionCompletedAt: '2026-01-05T09:01:30Z',
    });
    expect(
      faultOf(await centre.post(`openmedia/submitter/${id}/update`, { 'userData[a]': 'b' })),
    ).to.deep.equal([200, 2, 409, `Expected interaction '${id}' to be open; it has ended.`]);
  });

  it('creates an e-mail of the medium email, with its mailbox and its user data', async () => {
    open();
    const id = await centre.mail({ 'userData[key1]': 'value1' });
    const { properties, email } = await centre.get(id, 'email/support');
    expect(properties).to.include({
      interactionMediatype: 'email',
      interactionType: 'Inbound',
      interactionSubtype: 'InboundNew',
    });
    expect(properties.interactionUserData).to.deep.equal([
      { key: 'key1', value: 'value1' },
      { key: 'FirstName', value: 'John' },
      { key: 'LastName', value: 'Doe' },
      { key: 'EmailAddress', value: 'jdoe@gmail.com' },
      { key: 'FromAddress', value: 'jdoe@gmail.com' },
      { key: 'Subject', value: 'Help with account' },
      { key: 'Mailbox', value: 'support@company.com' },
    ]);
    expect(email).to.deep.equal({ ...MAIL, mailbox: 'support@company.com', attachments: [], replies: [] });
    const other = await centre.mail({ mailbox: 'sales@company.com' });
    expect((await centre.get(other, 'email/support')).email).to.include({ mailbox: 'sales@company.com' });
  });

  it('refuses an e-mail without a mandatory field, or with an address that is none', async () => {
    open();
    for (const [name, code] of [
      ['firstName', 102],
      ['lastName', 103],
      ['fromAddress', 364],
      ['subject', 400],
      ['text', 400],
    ] as const) {
      expect(faultOf(await centre.post('email/support', { ...MAIL, [name]: '' }))).to.deep.equal([
        400,
        2,
        code,
        `Expected the parameter '${name}', got none.`,
      ]);
    }
    expect(faultOf(await centre.post('email/support', { ...MAIL, fromAddress: 'jdoe' }))).to.deep.equal([
      400,
      2,
      364,
      "Expected an e-mail address, got 'jdoe'.",
    ]);
    for (const name of ['fromAddress', 'mailbox']) {
      const wrong = { ...MAIL, [name]: 'jd\u0000oe@gmail.com' };
      expect(faultOf(await centre.post('email/support', wrong)).slice(0, 3), name).to.deep.equal([
        400, 2, 364,
      ]);
    }
    expect(
      faultOf(await centre.post('email/support', { ...MAIL, subject: 'Help\r\nBcc: all@company.com' })),
    ).to.deep.equal([400, 2, 400, "Expected 'subject' to be one line of text."]);
    const text = 'x'.repeat(262_144 - MAIL.subject.length);
    expect(
      faultOf(await centre.post('email/support', { ...MAIL, text: `${text}y` })).slice(0, 3),
    ).to.deep.equal([400, 2, 400]);
    expect((await centre.post('email/support', { ...MAIL, text })).status).to.equal(200);
  });

  it('knows no service, no interaction and none of another service, each with statusCode 2', async () => {
    open();
    const id = await centre.create();
    expect(faultOf(await centre.post('openmedia/nothing'))).to.deep.equal([
      404,
      2,
      404,
      "No openmedia service 'nothing' is configured.",
    ]);
    expect(faultOf(await centre.post('openmedia/support'))[0]).to.equal(404);
    for (const path of [`email/support/${id}/get`, 'email/support/0001/stop', `email/support/${id}/stop`]) {
      expect(faultOf(await centre.post(path)).slice(0, 3), path).to.deep.equal([200, 2, 404]);
    }
    expect((await centre.get(id)).properties).to.include({ interactionState: 'Queued' });
  });

  it('asks for a repetition, with statusCode 1, when there are too many that have not ended', async () => {
    centre = openMediaCentre({
      config: (config) => ({
        ...openMediaConfig(config),
        limits: { ...config.limits, openMedia: { open: 1 } },
      }),
    });
    const id = await centre.create();
    expect(faultOf(await centre.post('email/support', MAIL))).to.deep.equal([
      200,
      1,
      503,
      'Expected at most 1 interactions of open media that have not ended (limits.openMedia.open), got one more.',
    ]);
    await centre.post(`openmedia/submitter/${id}/stop`);
    expect((await centre.post('email/support', MAIL)).json).to.include({ statusCode: 0 });
  });

  it('makes one interaction of a repeated request with an Idempotency-Key', async () => {
    open();
    const headers = { 'idempotency-key': 'k1' };
    const send = async () => (await centre.post('email/support', MAIL, headers)).json;
    const first = await send();
    expect(await send()).to.deep.equal(first);
    expect((await centre.post('email/support', { ...MAIL, text: 'other' }, headers)).json).to.not.deep.equal(
      first,
    );
  });
});
