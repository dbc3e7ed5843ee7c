import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import {
  CALLBACK_MANIFEST,
  callbackManifest,
  OPTION_REFERENCE,
  optionReference,
} from '../../../scripts/writeOptionReference.ts';
import {
  initialChatDelayOptions,
  initialChatImmediateOptions,
} from '../../../strategies/options/callbackProfiles.ts';
import { checkOption, checkOptions } from '../../../strategies/options/checkOption.ts';
import {
  CALLBACK_OPTIONS,
  ineffectiveOptions,
  type ServiceOptions,
} from '../../../strategies/options/options.ts';
import { createTestServer } from '../../support/testServer.ts';

const COVERAGE = readFileSync(resolve(import.meta.dirname, '../../../docs/reference/coverage.md'), 'utf8');
/** The rows of the chapters about options: name, status, note. */
const DOCUMENTED = [
  ...COVERAGE.slice(COVERAGE.indexOf('## 19 Options')).matchAll(/^\| `(_\w+)` \| ([^|]+) \| ([^|]*) \|/gm),
].map(([, name, status, note]) => ({ name: name!, status: status!, note: note! }));

function serverWith(delayed: ServiceOptions, immediate: ServiceOptions = {}) {
  return createTestServer({
    config: (config) => ({
      ...config,
      services: {
        'chat-delay': { ...config.services['chat-delay'], ...delayed },
        'chat-immediate': { ...config.services['chat-immediate'], ...immediate },
      },
    }),
  });
}

describe('the table of options', () => {
  it('is in docs/reference/options.md and the manifest as `npm run docs:options` writes them', () => {
    expect(readFileSync(OPTION_REFERENCE, 'utf8')).to.equal(optionReference());
    expect(readFileSync(CALLBACK_MANIFEST, 'utf8')).to.equal(callbackManifest());
  });

  it('has every documented option, each with a description', () => {
    expect(DOCUMENTED).to.have.length.at.least(139);
    expect(DOCUMENTED.filter(({ name }) => !Object.hasOwn(CALLBACK_OPTIONS, name))).to.deep.equal([]);
    expect(
      Object.values(CALLBACK_OPTIONS).filter(({ description }) => !description.endsWith('.')),
    ).to.deep.equal([]);
  });

  it('has the same options without effect as the coverage, with the same reasons', () => {
    const inTable = DOCUMENTED.filter(({ name }) => CALLBACK_OPTIONS[name]?.noEffect !== undefined);
    expect(inTable.map(({ name }) => name)).to.deep.equal(
      DOCUMENTED.filter(({ status }) => status === 'no effect').map(({ name }) => name),
    );
    expect(
      inTable.filter(({ name, note }) => !note.startsWith(CALLBACK_OPTIONS[name]!.noEffect!)),
    ).to.deep.equal([]);
  });

  it('has defaults and first values that are valid', () => {
    const faults = Object.entries(CALLBACK_OPTIONS).flatMap(([name, row]) =>
      [row.default, row.initial].flatMap((value) =>
        value === undefined ? [] : (checkOption(name, value) ?? []),
      ),
    );
    expect(faults).to.deep.equal([]);
  });

  it('has the same defaults as the documents of the callback template', () => {
    const folder = resolve(import.meta.dirname, '../../../scxml/callback/src');
    // These decide which document runs.
    const chosen = ['_type', '_media_type', '_wait_for_agent'];
    const faults = ['chat-delay.scxml', 'chat-immediate.scxml'].flatMap((file) =>
      [...readFileSync(resolve(folder, file), 'utf8').matchAll(/<data id="(_\w+)" [^>]*expr="'([^']*)'"/g)]
        .map(([, name, value]) => ({ name: name!, value: value!, row: CALLBACK_OPTIONS[name!] }))
        .filter(({ name, row }) => row !== undefined && !chosen.includes(name))
        // A text without a value and 0 mean the same.
        .filter(({ value, row }) => (row!.default ?? '0') !== (value || '0'))
        .map(({ name }) => `${file}: ${name}`),
    );
    expect(faults).to.deep.equal([]);
  });

  it('checks every option of a kind, also one without effect', () => {
    const options = { ...initialChatDelayOptions(), _agent_preview: 'maybe', _ors: 'nowhere' };
    expect(checkOptions(options)).to.deep.equal([
      { name: '_agent_preview', message: "expected true or false, got 'maybe'." },
      {
        name: '_ors',
        message: "expected URLs that begin with http:// or https://, separated by commas, got 'nowhere'.",
      },
    ]);
  });

  it('is checked for a request: 400 names the option, what was expected and what came', async () => {
    const server = serverWith({ _overwritable_options: '_snooze_duration,_agent_preview_timeout' });
    const reply = await server.send('POST', '/genesys/1/service/callback/chat-delay', {
      json: { _customer_number: '5115', _agent_preview_timeout: 'soon', _snooze_duration: '5m' },
    });
    expect([reply.status, (reply.json as { message: string }).message]).to.deep.equal([
      400,
      "The request cannot be served. _snooze_duration: expected a whole number, zero or more, got '5m'. _agent_preview_timeout: expected a whole number, zero or more, got 'soon'.",
    ]);
    await server.orsay.close();
  });
});

describe('options without effect', () => {
  it('are not set in a new installation', () => {
    const services = { a: initialChatDelayOptions(), b: initialChatImmediateOptions() };
    expect(ineffectiveOptions(services)).to.deep.equal([]);
  });

  it('that are set get one warning each when the server starts, with the reason', async () => {
    const server = serverWith({ _prefix_dial_out: '9', _agent_preview: '' }, { _prefix_dial_out: '8' });
    const warnings = server.lines.filter(({ message }) => message.includes('has no effect'));
    expect(warnings).to.deep.equal([
      {
        level: 'warn',
        fields: {
          option: '_prefix_dial_out',
          reason: 'needs telephony',
          services: ['chat-delay', 'chat-immediate'],
        },
        message: 'The option _prefix_dial_out is set and has no effect.',
      },
    ]);
    await server.orsay.close();
  });

  it('count in built-in services too, but for those that book access numbers', () => {
    const options = {
      _type: 'builtin',
      _resource_group: 'DNIS',
      _return_pool_health: 'true',
      _ors: 'http://a',
    };
    const reason = CALLBACK_OPTIONS._return_pool_health!.noEffect!;
    expect(
      ineffectiveOptions({
        access: { ...options, _service: 'request-access' },
        chat: { ...options, _service: 'request-chat' },
        own: { ...options, _type: 'ors', _service: 'hello' },
      }),
    ).to.have.deep.members([
      { option: '_resource_group', reason, services: ['chat'] },
      { option: '_return_pool_health', reason, services: ['chat'] },
      { option: '_ors', reason: 'sessions run in this server', services: ['access', 'chat'] },
    ]);
  });
});
