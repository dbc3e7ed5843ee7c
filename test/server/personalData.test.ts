import { Writable } from 'node:stream';
import { expect } from 'chai';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { errorFields } from '../../server/adapters/errorFields.ts';
import { createLogger } from '../../server/adapters/logger.ts';
import { WireError } from '../../server/errors/wireErrors.ts';
import { compose, type Orsay } from '../../server/process/compose.ts';
import { initialConfig, parseConfig } from '../../server/process/config.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulatedClock.ts';
import { createTestIds } from '../support/testIds.ts';

/** Values of one customer. Each has a piece that nothing else has. */
const NUMBER = '4085550199';
const NAME = 'Zebulon';
const USER = 'zebulon@mail.test';
const TEXT = 'my rare illness';
const DEVICE = 'device-token-zz';
const PERSONAL = [NUMBER, NAME, 'zebulon', 'rare illness', DEVICE, 'passport-zz', 'secretword'];

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

describe('the log', () => {
  const written: string[] = [];
  let orsay: Orsay;
  let clock: SimulatedClock;
  let url: string;

  before(async () => {
    const output = new Writable({
      write(chunk, _encoding, done) {
        written.push(String(chunk));
        done();
      },
    });
    const initial = initialConfig();
    const { 'chat-delay': delayed } = initial.services;
    clock = createSimulatedClock();
    orsay = compose({
      config: parseConfig(
        {
          ...initial,
          services: { ...initial.services, full: { ...delayed, _max_queued_callbacks_per_service: '0' } },
        },
        'of the test',
      ),
      store: new MemoryStore(),
      clock,
      ids: createTestIds(),
      log: createLogger('debug', { output }),
    });
    url = (await orsay.listen(0, '127.0.0.1')).url;
  });
  after(() => orsay.close());

  const linesOf = (from: number): readonly Line[] =>
    written.slice(from).map((text) => JSON.parse(text) as Line);

  async function send(
    method: string,
    path: string,
    body?: string | URLSearchParams | FormData,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: { gms_user: USER, ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await reply.text();
    return { status: reply.status, json: text.startsWith('{') ? JSON.parse(text) : {} };
  }
  const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields);
  const json = { 'content-type': 'application/json' };

  it('has a refusal by a rule as a warning, without a stack and without the values of the request', async () => {
    const before = written.length;
    const refused = await send(
      'POST',
      '/genesys/1/service/callback/full',
      form({ _customer_number: NUMBER }),
    );
    expect([refused.status, refused.json.code]).to.deep.equal([503, 'CALLBACK_UNAVAILABLE']);
    const [line, ...others] = linesOf(before).filter(({ level }) => level > 30);
    const { time: _, ...fields } = line!;
    expect([fields, others]).to.deep.equal([
      {
        level: 40,
        method: 'POST',
        path: '/genesys/1/service/callback/:name',
        code: 'CALLBACK_UNAVAILABLE',
        msg: 'The service takes no more callbacks at present.',
      },
      [],
    ]);
  });

  it('has no phone number, name, text or device of a customer on any line of a walk', async () => {
    const callback = await send(
      'POST',
      '/genesys/1/service/callback/chat-delay',
      form({ _customer_number: NUMBER, firstName: NAME, _device_os: 'comet', _device_notification_id: USER }),
    );
    const id = String(callback.json._id);
    await send('POST', `/genesys/1/service/${id}/connect`, form({ note: TEXT }));
    await send('POST', `/genesys/1/service/${id}/ixn/chat`, form({ firstName: NAME, subject: TEXT }));
    await send('POST', `/genesys/1/service/${id}/ixn/chat/send`, form({ message: TEXT }));
    await send('GET', `/genesys/1/service/callback/chat-delay?_customer_number=${NUMBER}`);
    const later = form({
      _customer_number: NUMBER,
      _desired_time: new Date(clock.now() + 9e7).toISOString(),
    });
    await send('POST', '/genesys/1/service/callback/chat-delay', later);
    await send(
      'PUT',
      `/genesys/1/service/callback/chat-delay/${id}`,
      form({ _new_desired_time: TEXT, a: NAME }),
    );

    const files = new FormData();
    files.append('photo', new Blob([TEXT]), 'passport-zz.pdf');
    files.append('name', NAME);
    const area = await send('POST', '/genesys/1/storage/3600', files);
    await send('GET', `/genesys/1/storage/${String(area.json.id)}/${NAME}`);

    const target = `http://user:secretword@127.0.0.1:9/${DEVICE}`;
    for (const details of [
      { type: 'httpcb', deviceId: target },
      { type: 'comet', deviceId: USER },
      { type: 'orscb', deviceId: NAME },
    ]) {
      const subscription = { subscriberId: USER, notificationDetails: details, filter: 'news.*' };
      await send('POST', '/genesys/1/notification/subscription', JSON.stringify(subscription), json);
    }
    for (let notice = 0; notice < 3; notice += 1) {
      const event = {
        tag: 'news.one',
        message: TEXT,
        notificationDetails: { type: 'comet', deviceId: USER },
      };
      await send('POST', '/genesys/1/notification/publish', JSON.stringify(event), json);
    }
    await send(
      'POST',
      '/genesys/1/notification/publish',
      JSON.stringify({ tag: 'news.one', message: TEXT }),
      json,
    );
    await send('DELETE', `/genesys/1/admin/customers?_customer_number=${NUMBER}`);
    await clock.advance(120_000, () => orsay.durable.idle());
    expect(shown()).to.deep.equal([]);
    expect(written.length).to.be.greaterThan(20);
  });

  it('has none of the values that any route gets in its fields, its query or its path', async () => {
    const names = [
      '_customer_number',
      '_id',
      '_ttl',
      'src',
      'event',
      'tag',
      'message',
      'text',
      'nickname',
      'type',
    ];
    const fields = Object.fromEntries(names.map((name) => [name, `${NAME} ${NUMBER}`]));
    for (const { method, path } of orsay.routes) {
      // The ids of things are on purpose in the log.
      const known = path
        .replace(/\{.*\}/g, '')
        .replace('*path', NAME)
        .replace(':method', 'start')
        .replace(/:(key|name|request|service|group|template|ttl|vq|ref)\b/g, NAME)
        .replace(/:\w+/g, '1-1');
      const query = form(fields).toString();
      if (method === 'GET' || method === 'HEAD' || path.includes('events')) {
        if (!path.includes('events') && !path.includes('backup')) await send(method, `${known}?${query}`);
        continue;
      }
      await send(method, known, form(fields));
      await send(method, `${known}?${query}`, JSON.stringify({ ...fields, nested: fields }), json);
    }
    expect(shown()).to.deep.equal([]);
  }).timeout(60_000);

  it('has the same mark for a customer on all lines, and an error without the values that it repeats', () => {
    const lines: Line[] = [];
    const output = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)) as Line);
        done();
      },
    });
    const log = createLogger('info', { output });
    const cause = new Error(`connect to ${NAME} failed`);
    const err = new WireError('UNAVAILABLE', { message: `Expected a number, got '${NUMBER}'.`, cause });
    log.warn({ gmsUser: USER, err }, 'One.');
    log.warn({ gmsUser: USER }, 'Two.');
    log.warn({ gmsUser: NAME }, 'Three.');
    const [one, two, three] = lines.map(({ gmsUser }) => gmsUser);
    expect(one)
      .to.match(/^customer [0-9a-f]{12}$/)
      .and.equal(two);
    expect(three).not.to.equal(one);
    expect(lines[0]!.err).to.deep.include({ code: 'UNAVAILABLE', message: "Expected a number, got '…'." });
    expect(errorFields(new WireError('UNAVAILABLE', { message: `Expected [], got {"a":"${NAME}"}.` })))
      .to.have.property('message')
      .that.equals('Expected [], got …');
    const unreachable = new Error(`POST https://${NAME}:x@hooks.test/${DEVICE}?a=${NUMBER}: refused`);
    expect(errorFields(unreachable)).to.have.property('message', 'POST https://hooks.test/…: refused');
    expect(errorFields(NAME)).to.deep.equal({ type: 'string' });
  });

  /** The lines that have a personal value. */
  function shown(): readonly string[] {
    return written.filter((line) =>
      PERSONAL.some((value) => line.toLowerCase().includes(value.toLowerCase())),
    );
  }
});
