import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { ScenarioError } from '../../../engine/scenario/index.ts';
import { readManifest } from '../../../server/templates/manifest.ts';
import { noEffectOf, optionsOfProfile, serviceFaults } from '../../../server/templates/manifestOptions.ts';
import { CALLBACK_OPTIONS } from '../../../strategies/options/options.ts';

const SCXML = resolve(import.meta.dirname, '../../../scxml');

const read = (text: string) => readManifest(Buffer.from(text), 'template.yaml');

function problems(text: string | Uint8Array): readonly string[] {
  try {
    readManifest(Buffer.from(text), 'template.yaml');
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.message.split('\n');
  }
  return [];
}

describe('the manifest of a template', () => {
  it('is valid in all templates of the installation', () => {
    for (const name of ['callback', 'hello']) {
      const bytes = readFileSync(resolve(SCXML, name, 'template.yaml'));
      expect(readManifest(bytes, name).template).to.equal(1);
    }
  });

  it('of the callback template tells the same effects as the table, and profiles that are complete', () => {
    const manifest = readManifest(readFileSync(resolve(SCXML, 'callback', 'template.yaml')), 'callback');
    for (const [name, row] of Object.entries(CALLBACK_OPTIONS)) {
      expect([name, noEffectOf(manifest, name, [])]).to.deep.equal([name, row.noEffect]);
    }
    expect(
      Object.entries(manifest.profiles).map(([name, { unavailable }]) => [name, unavailable]),
    ).to.deep.equal([
      ['Chat-Delayed', undefined],
      ['Chat-Immediate', undefined],
      ['User-Originated-Immediate', 'needs telephony'],
      ['User-Originated-Delayed', 'needs telephony'],
      ['User-Terminated-Immediate', 'needs telephony'],
      ['User-Terminated-Delayed', 'needs telephony'],
      ['User-Terminated-Scheduled', 'needs telephony'],
    ]);
    const given = { _target: 'Billing@Stat_Server.GA', _urs_virtual_queue: 'VQ' };
    const { values } = manifest.profiles['Chat-Delayed']!;
    const options = optionsOfProfile('callback', manifest, { values, given });
    expect(serviceFaults(manifest, options)).to.deep.equal([]);
    expect(options).to.deep.include({ _type: 'ors', _service: 'callback', _wait_for_agent: 'true' });
  });

  it('is refused with the place of each problem', () => {
    expect(
      problems(
        [
          'template: 1',
          'colour: red',
          'options:',
          '  ttl: { description: Seconds, type: integer, default: soon }',
          '  mode: { description: A mode, choices: [a, b], default: c }',
          '  words: { description: A name }',
          '  kind: { descripton: A kind }',
          '  limit: { description: A limit, default: 5, mandatory: maybe }',
          '  dead: { description: Nothing, mandatory: true, noEffect: not built }',
          '  both: { description: Both, type: string, choices: [a] }',
        ].join('\n'),
      ),
    ).to.deep.equal([
      "template.yaml:4:47: default: expected a whole number, zero or more, got 'soon'.",
      "template.yaml:5:49: default: expected one of a, b, got 'c'.",
      "template.yaml:7:3: expected the field 'description', got none",
      "template.yaml:7:11: unknown field 'descripton'. Did you mean 'description'?",
      'template.yaml:8:34: default: expected a text, got 5',
      'template.yaml:8:46: mandatory: expected true or false, got a string',
      'template.yaml:9:33: mandatory: expected an option that has an effect, got one with noEffect',
      'template.yaml:10:44: choices: expected a type or choices, got both',
      "template.yaml:2:1: unknown field 'colour'. The fields are template, description, callback, options, profiles.",
    ]);
  });

  it('has profiles whose values fit the options', () => {
    const options = 'template: 1\noptions:\n  ttl: { description: Seconds, type: integer }\nprofiles:\n';
    expect(problems(`${options}  A: { values: { tll: "5" } }\n  B: { values: { ttl: long } }`)).to.deep.equal(
      [
        "template.yaml:5:18: tll: expected an option of the manifest, got 'tll'.",
        "template.yaml:6:18: ttl: expected a whole number, zero or more, got 'long'.",
      ],
    );
  });

  it('is text in UTF-8, of version 1, with a bounded number of options', () => {
    expect(problems('template: 1\noptions: { "two words": { description: A } }')).to.deep.equal([
      "template.yaml:2:12: two words: expected a name that a document can use as a variable, got 'two words'",
    ]);
    expect(problems(Buffer.from([0xff, 0xfe]))).to.deep.equal([
      'template.yaml:1:1: expected text in UTF-8, got other bytes',
    ]);
    expect(problems('template: 2\noptions: {}')).to.deep.equal([
      'template.yaml:1:1: template: expected 1, got 2',
    ]);
    const many = Array.from({ length: 501 }, (_, at) => `  o${at}: { description: One }`).join('\n');
    expect(problems(`template: 1\noptions:\n${many}`)).to.deep.equal([
      'template.yaml:2:1: options: expected at most 500 (MAX_OPTIONS), got 501',
    ]);
  });

  it('makes services: given values over the profile, over the defaults of mandatory options', () => {
    const manifest = read(`template: 1
callback: true
options:
  a: { description: A, mandatory: true, default: one }
  b: { description: B, mandatory: true }
  c: { description: C, type: integer, default: "3" }
profiles: { P: { values: { b: two, c: "4" } } }`);
    const { values } = manifest.profiles.P!;
    expect(optionsOfProfile('own', manifest, { values, given: { c: '5' } })).to.deep.equal({
      a: 'one',
      b: 'two',
      c: '5',
      _type: 'ors',
      _service: 'own',
      _service_type: 'callback',
    });
    expect(serviceFaults(manifest, { b: ' ', c: 'x' })).to.deep.equal([
      { option: 'b', message: 'is mandatory for a service of this template, and is not set.' },
      { option: 'c', message: "expected a whole number, zero or more, got 'x'." },
    ]);
    expect(serviceFaults(manifest, { b: '2', c: '$count$' })).to.deep.equal([]);
  });
});
