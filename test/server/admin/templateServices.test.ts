import { expect } from 'chai';
import { ZipFile } from 'yazl';
import { ConfiguredServer, refusal } from '../../support/configuredServer.ts';
import { orsDocument } from '../../support/writeDocuments.ts';

const ROOT = '/genesys/1/admin/templates';
const DOCUMENT = orsDocument(
  `<datamodel><data id="word"/><data id="colour"/><data id="_ttl"/></datamodel>
   <state id="s"><transition event="start">
     <ws:response requestid="_event.sendid"><param name="said" expr="_data.word + ' ' + _data.colour"/></ws:response>
   </transition></state>`,
  'initial="s"',
);
const MANIFEST = `template: 1
description: Says a word.
options:
  word: { description: The word, mandatory: true }
  colour: { description: Its colour, choices: [red, blue], default: red }
  size: { description: Its size }
profiles:
  Loud: { description: A loud word, values: { word: HEY } }
  Video: { values: {}, unavailable: needs a camera }
`;

async function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), path);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('services that are made from templates', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
  });
  afterEach(() => opened.close());

  const upload = async (manifest = MANIFEST) =>
    opened.server.send('PUT', `${ROOT}/say`, {
      body: await zipOf({ 'say.scxml': DOCUMENT, 'template.yaml': manifest }),
      headers: { 'content-type': 'application/zip' },
    });
  const make = (template: string, json: Readonly<Record<string, unknown>>) =>
    opened.server.send('POST', `${ROOT}/${template}/services`, { json });
  const said = async (service: string, form = {}) =>
    ((await opened.server.send('POST', `/genesys/1/service/${service}`, { form })).json as { said: string })
      .said;

  it('lists options with their effects, and profiles with what is still missing', async () => {
    const uploaded = await upload();
    expect(uploaded.json).to.deep.include({
      warnings: ["The option 'size' has no effect: no file of the template names it."],
    });
    const { json } = await opened.server.send('GET', `${ROOT}/say/options`);
    const shared = { category: 'no category', mandatory: false, media: 'both', hasEffect: true };
    expect(json).to.deep.equal({
      name: 'say',
      version: (uploaded.json as { version: string }).version,
      hasManifest: true,
      description: 'Says a word.',
      isCallback: false,
      options: [
        { ...shared, name: 'word', description: 'The word', type: 'string', mandatory: true },
        {
          ...shared,
          name: 'colour',
          description: 'Its colour',
          type: 'choice',
          choices: ['red', 'blue'],
          default: 'red',
        },
        {
          ...shared,
          name: 'size',
          description: 'Its size',
          type: 'string',
          hasEffect: false,
          noEffect: 'no file of the template names it',
        },
      ],
      profiles: [
        { name: 'Loud', description: 'A loud word', values: { word: 'HEY' }, missing: [] },
        { name: 'Video', values: {}, missing: ['word'], unavailable: 'needs a camera' },
      ],
    });
    const callback = (await opened.server.send('GET', `${ROOT}/callback/options`)).json as {
      options: { name: string; hasEffect: boolean; noEffect?: string }[];
      profiles: { name: string; missing: string[]; values: Record<string, string> }[];
    };
    expect(callback.profiles[0]).to.deep.include({
      name: 'Chat-Delayed',
      missing: ['_target', '_urs_virtual_queue'],
    });
    expect(callback.options.find(({ name }) => name === '_agent_preview')).to.deep.include({
      hasEffect: false,
      noEffect: 'needs telephony',
    });
  });

  it('get the values of the profile and of the request, and the defaults while they set nothing', async () => {
    await upload();
    const made = await make('say', { name: 'loud', profile: 'Loud', options: { size: '9' } });
    const options = { word: 'HEY', size: '9', _type: 'ors', _service: 'say' };
    expect([made.status, made.json]).to.deep.equal([
      200,
      {
        name: 'loud',
        options,
        warnings: [{ option: 'size', message: 'has no effect: no file of the template names it' }],
      },
    ]);
    expect(opened.file.services.loud).to.deep.equal(options);
    expect(opened.entries().at(-1)).to.deep.include({ action: 'service.changed', object: 'service:loud' });
    // The request, then the service, then the manifest.
    expect(await said('loud')).to.equal('HEY red');
    await opened.send('PUT', '/services/loud', { ...options, colour: 'blue' });
    expect(await said('loud')).to.equal('HEY blue');
    // A default of a new version counts for the next request.
    await opened.send('PUT', '/services/loud', options);
    await upload(MANIFEST.replace('default: red', 'default: blue'));
    expect(await said('loud')).to.equal('HEY blue');
  });

  it('of the callback template can be used at once', async () => {
    const options = { _target: 'Billing@Stat_Server.GA', _urs_virtual_queue: 'VQ_Support' };
    const made = await make('callback', { name: 'support', profile: 'Chat-Delayed', options });
    expect([made.status, (made.json as { warnings: unknown[] }).warnings]).to.deep.equal([200, []]);
    const created = await opened.server.send('POST', '/genesys/1/service/callback/support', {
      form: { _customer_number: '5551234' },
    });
    expect(created.status, created.text).to.equal(200);
  });

  it('are refused with each problem, and nothing is written', async () => {
    await upload();
    const before = opened.text;
    expect(refusal(await make('callback', { name: 'support', profile: 'Chat-Delayed' }))).to.deep.include({
      status: 400,
      code: 'PARAMETER_INVALID',
    });
    const refused = async (json: Readonly<Record<string, unknown>>, template = 'say') => {
      const { status, message } = refusal(await make(template, json)) as { status: number; message: string };
      return [status, message];
    };
    expect(await refused({ name: 'x', options: { colour: 'green' } })).to.deep.equal([
      400,
      "word: is mandatory for a service of this template, and is not set.\ncolour: expected one of red, blue, got 'green'.",
    ]);
    expect(await refused({ name: 'x', profile: 'Quiet' })).to.deep.equal([
      400,
      "Expected profile to be one of those of the template (Loud, Video), got 'Quiet'.",
    ]);
    expect(await refused({ name: 'x', profile: 'Video' })).to.deep.equal([
      409,
      "No service can be made from the profile 'Video' here: it needs a camera.",
    ]);
    expect(await refused({ name: 'hello', profile: 'Loud' })).to.deep.equal([
      409,
      "There is a service 'hello' already.",
    ]);
    expect((await refused({ name: 'a b', profile: 'Loud' }))[0]).to.equal(400);
    expect((await refused({ name: 'x', options: { word: 5 } }))[0]).to.equal(400);
    expect((await refused({ name: 'x', options: [] }))[0]).to.equal(400);
    expect((await refused({ name: '__proto__', profile: 'Loud' }))[0]).to.equal(400);
    expect((await refused({ nome: 'x' }))[0]).to.equal(400);
    expect((await refused({ name: 'x' }, 'nothing'))[0]).to.equal(404);
    expect(opened.text).to.equal(before);
  });

  it('are checked against the manifest when they are put, and named when a new version does not fit them', async () => {
    await upload();
    const base = { _type: 'ors', _service: 'say' };
    expect(refusal(await opened.send('PUT', '/services/loud', base))).to.deep.include({
      status: 400,
      message: 'word: is mandatory for a service of this template, and is not set.',
    });
    await opened.send('PUT', '/services/loud', { ...base, word: 'HEY' });
    const uploaded = await upload(MANIFEST.replace('size: {', 'size: { mandatory: true,'));
    expect((uploaded.json as { warnings: string[] }).warnings).to.deep.equal([
      "The option 'size' has no effect: no file of the template names it.",
      "The service 'loud': size is mandatory for a service of this template, and is not set.",
    ]);
  });

  it('need a manifest, which is checked with the documents of an upload', async () => {
    await opened.server.send('PUT', `${ROOT}/say`, {
      body: DOCUMENT,
      headers: { 'content-type': 'application/xml' },
    });
    expect((await opened.server.send('GET', `${ROOT}/say/options`)).json).to.deep.include({
      hasManifest: false,
    });
    expect((await make('say', { name: 'x' })).status).to.equal(409);
    const refused = await upload(MANIFEST.replace('default: red', 'default: green'));
    expect(refusal(refused)).to.deep.equal({
      status: 400,
      code: 'TEMPLATE_REFUSED',
      message: "template.yaml:5:60: MANIFEST_INVALID: default: expected one of red, blue, got 'green'.",
    });
  });
});
