import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MANIFEST_FILE } from '../../server/templates/index.ts';
import { wrongUse } from '../commandFault.ts';
import { type CommandIo, printResult } from '../commandIo.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Writes a folder with a small template: manifest, document, scenarios, tests and surroundings. */
export async function newTemplate(io: CommandIo, name: string): Promise<void> {
  if (!NAME.test(name)) {
    throw wrongUse(
      `Expected the name of a template to be letters, digits, '-' and '_' (64 at most), got '${name}'.`,
    );
  }
  const folder = resolve(io.cwd, name);
  await makeFolder(folder, name);
  const files = new Map([
    [`${name}.scxml`, DOCUMENT],
    [MANIFEST_FILE, MANIFEST],
    [`${name}.answered.scenario.yaml`, scenarioOf(name, ANSWERED)],
    [`${name}.silent.scenario.yaml`, scenarioOf(name, SILENT)],
    [`${name}.verify.yaml`, SURROUNDINGS],
    [`${name}.test.mjs`, testOf(name)],
  ]);
  for (const [file, text] of files) {
    await writeFile(join(folder, file), text, { flag: 'wx' });
  }
  const written = [...files.keys()].map((file) => `${name}/${file}`);
  printResult(io, { files: written }, () => written.join('\n'));
}

/** Nothing that exists is overwritten. */
async function makeFolder(folder: string, name: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw wrongUse(`Expected a name that no file or folder has here, got '${name}'.`, { cause: error });
  }
}

const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<!-- A session of a service. It answers the request that started it, asks a partner, and waits for the customer. -->
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="starting"
       xmlns:session="www.genesyslab.com/modules/session" xmlns:ws="www.genesyslab.com/modules/ws">
  <datamodel>
    <!-- Options of the service and parameters of the request arrive under their names. -->
    <data id="partner" expr="'https://partner.example/greeting'"/>
    <data id="greeting" expr="'Hello'"/>
  </datamodel>

  <state id="starting">
    <!-- POST /genesys/1/service/NAME becomes the event "start". Its sender waits for this answer. -->
    <transition event="start" target="asking">
      <ws:response requestid="_event.sendid">
        <param name="state" expr="'accepted'"/>
      </ws:response>
    </transition>
  </state>

  <state id="asking">
    <onentry>
      <session:fetch srcexpr="_data.partner" method="'get'"/>
    </onentry>
    <transition event="session.fetch.done" target="waiting">
      <assign location="_data.greeting" expr="_event.data.content"/>
    </transition>
    <!-- Without an answer of the partner the session goes on. -->
    <transition event="error.session.fetch" target="waiting"/>
  </state>

  <state id="waiting">
    <onentry>
      <send id="patience" event="'too.late'" delay="'10m'"/>
    </onentry>
    <!-- POST /genesys/1/service/ID/greet becomes the event "greet". -->
    <transition event="greet" target="done">
      <cancel id="'patience'"/>
      <ws:response requestid="_event.sendid">
        <param name="greeting" expr="_data.greeting"/>
      </ws:response>
    </transition>
    <transition event="too.late" target="done"/>
  </state>

  <final id="done"/>
</scxml>
`;

const MANIFEST = `# Options and profiles of the services of this template, for the server, the console and people.
template: 1
description: Greets a customer with the words of a partner.
options:
  # The name of an option is the name of a parameter: <data id="partner"> of the document gets its value.
  partner:
    category: Partner
    description: URL of the partner, which answers with the words of the greeting.
    type: url # also: boolean, integer, string, names, ...; or \`choices: [a, b]\`
    mandatory: true # a service without a value is refused
  greeting:
    category: Partner
    description: The words when the partner does not answer.
    default: Hello # all values are texts: write numbers as "30"
  _ttl:
    category: General
    description: Seconds for which a service instance is kept.
    type: integer
    default: "86400"
# A profile has the values with which a new service begins.
profiles:
  Standard:
    description: An hour for each customer.
    values:
      _ttl: "3600"
`;

const ANSWERED = `name: The customer is greeted with the words of the partner
answers:
  - fetch: partner.example
    reply: { body: Good morning }
steps:
  - start
  - request: start
    reply: { positive: true, body: { state: accepted } }
  - expect: { in: [waiting] }
  - request: greet
    reply: { positive: true, body: { greeting: Good morning } }
  - expect: { status: completed }
`;

const SILENT = `name: A customer who does not come is not waited for, and the partner need not answer
answers:
  - fetch: partner.example
    reply: unreachable
steps:
  - start
  - request: start
  - expect: { in: [waiting], data: { _data.greeting: Hello } }
  - advance: 10m
  - expect: { status: completed }
`;

const SURROUNDINGS = `# The surroundings of the document for \`orsay verify\`: its requests, in any order and at any time.
fetches:
  - { fetch: partner.example, ok: [Good morning] }
events:
  - { request: start, times: 1 }
  - { request: greet, times: 1 }
otherEvents: false
`;

function scenarioOf(name: string, text: string): string {
  return `scenario: 1\n${text.replace(/\n/, `\ndocument: ${name}.scxml\n`)}`;
}

function testOf(name: string): string {
  return `import { deepEqual } from 'node:assert/strict';
import test from 'node:test';
import { assertAsked, assertData, assertEnded, assertIn, openDocument } from 'orsay/testing';

const DOCUMENT = new URL('${name}.scxml', import.meta.url);

test('the customer is greeted with the words of the partner', async () => {
  const session = await openDocument(DOCUMENT);
  deepEqual(session.request('start').body, { state: 'accepted' });
  session.expectFetch('partner.example').reply({ body: 'Good morning' });
  assertIn(session, 'waiting');
  deepEqual(session.request('greet').body, { greeting: 'Good morning' });
  assertEnded(session);
});

test('a customer who does not come is not waited for', async () => {
  const session = await openDocument(DOCUMENT, {
    script: [{ fetch: 'partner.example', reply: 'unreachable' }],
  });
  session.request('start');
  assertAsked(session, 'GET partner.example');
  assertIn(session, 'waiting');
  assertData(session, '_data.greeting', 'Hello');
  session.advance('10m');
  assertEnded(session);
});
`;
}
