import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { ConfiguredServer } from '../support/configuredServer.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';

type Found = readonly { readonly _id: string }[];

/** The commands that change a server, as one of its users. */
describe('orsay services and callbacks', () => {
  let server: ConfiguredServer;
  let url: string;

  before(async () => {
    server = await ConfiguredServer.open();
    server.edit((text) =>
      JSON.stringify({
        ...JSON.parse(text),
        users: { olga: { role: 'administrator', passwordHash: hashPassword('secret') } },
      }),
    );
    await server.close();
    await server.start();
    url = (await server.server.orsay.listen(0, '127.0.0.1')).url;
  });

  after(() => server.close());

  const orsay = (line: string, input = ''): Promise<OrsayRun> =>
    runOrsay([...line.split(' '), '--server', url, '--user', 'olga'], {
      cwd: server.folder,
      input,
      env: { ORSAY_ADMIN_PASSWORD: 'secret' },
    });

  const json = async <T = Record<string, string>>(line: string, input = ''): Promise<T> => {
    const { code, stdout, stderr } = await orsay(`${line} --json`, input);
    expect([code, stderr], line).to.deep.equal([0, '']);
    return JSON.parse(stdout) as T;
  };

  const lastEntry = (): Record<string, unknown> => server.entries().at(-1) as Record<string, unknown>;

  it('creates, changes and deletes a service, each once, as the user in the audit log', async () => {
    expect((await orsay('services create greeting --template hello --set _ttl=60')).stdout).to.equal(
      'The service greeting is there.\n',
    );
    expect(lastEntry()).to.include({ who: 'administrator olga', object: 'service:greeting' });
    const again = await orsay('services create greeting --template hello');
    expect([again.code, again.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 4 && text.startsWith('CONFLICT: '),
    );
    const changed = await json('services change greeting --set _ttl=120 --set language=fi');
    expect(changed).to.include({ _service: 'hello', _ttl: '120', language: 'fi' });
    expect(await json('services change greeting --unset language')).to.not.have.property('language');
    expect((await orsay('services show greeting')).stdout).to.match(/^_ttl +120$/m);
    expect((await orsay('services')).stdout).to.match(/^greeting +ors +hello/m);
    expect((await orsay('services delete greeting')).code).to.equal(0);
    expect(lastEntry()).to.include({ who: 'administrator olga', action: 'service.removed' });
    expect((await orsay('services show greeting')).code).to.equal(4);
  });

  it('creates a service from a file and from standard input', async () => {
    writeFileSync(join(server.folder, 's.json'), '{"_type":"ors","_service":"hello","_ttl":"5"}');
    await json('services create one --file s.json --set _ttl=6');
    expect(await json('services show one')).to.include({ _service: 'hello', _ttl: '6' });
    await json('services create two --file -', '{"_type":"ors","_service":"hello"}');
    const wrong = await orsay('services create three --file -', '[1]');
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      2,
      '-: expected a JSON object with the options of a service.\n',
    ]);
  });

  it('creates, finds, moves, exports and cancels callbacks', async () => {
    const ids: string[] = [];
    for (const number of ['1', '2', '3']) {
      const time = `2026-01-0${6 + Number(number)}T09:00:00Z`;
      ids.push((await json(`callbacks create chat-delay --number ${number} --time ${time}`))._id!);
    }
    const [first, second, third] = ids as [string, string, string];
    expect(await json('callbacks list')).to.deep.equal([]);
    const all = await json<Found>('callbacks --from 2026-01-01T00:00:00Z --to 2027-01-01T00:00:00Z');
    expect(all.map(({ _id }) => _id)).to.deep.equal(ids);
    const found = await json<Found>('callbacks --where _customer_number=2 --state SCHEDULED');
    expect(found.map(({ _id }) => _id)).to.deep.equal([second]);

    await json(`callbacks reschedule ${third} 2026-01-10T09:00:00Z`);
    expect((await json(`callbacks show ${third}`))._desired_time).to.equal('2026-01-10T09:00:00.000Z');

    const csv = (await orsay('callbacks export --columns _id,_customer_number')).stdout;
    expect(csv).to.equal(
      ['_id,_customer_number', `${first},1`, `${second},2`, `${third},3`, ''].join('\r\n'),
    );
    const written = await orsay('callbacks export --format ndjson --columns _id -o all.ndjson');
    expect([written.stdout, written.stderr]).to.deep.equal(['', '3 callbacks in all.ndjson.\n']);
    expect(readFileSync(join(server.folder, 'all.ndjson'), 'utf8')).to.equal(
      ids.map((_id) => `${JSON.stringify({ _id })}\n`).join(''),
    );

    const cancelled = await orsay(
      `callbacks cancel ${first} --file - --reason CLOSED`,
      `${second}\n\nnone\n`,
    );
    expect(cancelled.code).to.equal(1);
    expect(cancelled.stdout)
      .to.match(new RegExp(`^${second} +yes$`, 'm'))
      .and.match(/^none +no /m);
    expect(lastEntry()).to.include({ who: 'administrator olga', action: 'callbacks.cancelled' });
    expect((await json(`callbacks show ${first}`))._callback_reason).to.equal('CLOSED');
    expect((await orsay('callbacks cancel')).code).to.equal(2);
    expect((await orsay('callbacks show none')).stderr).to.equal(
      "Expected the id of a callback, got 'none', which no callback of the server has.\n",
    );
  });
});
