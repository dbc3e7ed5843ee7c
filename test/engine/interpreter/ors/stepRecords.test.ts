import { expect } from 'chai';
import { createSession, parseDocument, type StepRecord } from '../../../../engine/index.ts';
import { createSimulatedClock } from '../../../support/simulatedClock.ts';

/** ors-dialect 2.14: the records have the names of ORS logs. */
describe('the step records of an ORS session', () => {
  it('has events, transitions, states, logs, elements and errors, in their order', async () => {
    const document = await parseDocument(
      `<scxml version="1.0" xmlns="http://www.w3.org/2005/07/scxml" xmlns:queue="www.genesyslab.com/modules/queue" profile="ecmascript">
<state id="a">
<transition event="go" target="b"><log label="l" expr="'on the way'"/></transition></state>
<state id="b"><onentry><queue:query requestid="'R'"/><log expr="nobody"/></onentry></state></scxml>`,
    );
    const records: StepRecord[] = [];
    const session = createSession(document, {
      clock: createSimulatedClock(),
      id: 'S',
      onRecord: (record) => records.push(record),
    });
    session.start();
    session.send({ name: 'go', data: { a: 1 } });
    const kinds = records.map(({ kind, name, text, event, line }) =>
      [kind, name ?? text ?? event ?? line]
        .join(' ')
        .trim()
        .replace(/^(log Not handled): .*/, '$1'),
    );
    expect(kinds).to.deep.equal([
      'transition 1',
      'state_enter a',
      'event_processed go',
      'state_exit a',
      'transition 3',
      'log on the way',
      'state_enter b',
      'effect',
      'exec_error error.illegalvalue',
      'event_processed error.illegalvalue',
      'event_ignored error.illegalvalue',
      'log Not handled',
      'event_processed error.queue.query',
      'event_ignored error.queue.query',
      'log Not handled',
    ]);
  });
});
