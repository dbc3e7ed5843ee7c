import { expect } from 'chai';
import { SESSION, type SessionRecord } from '../../../engine/host/sessionRecord.ts';
import type { PerformModule } from '../../../engine/host/sessions.ts';
import type { ModuleEffect, SendEffect } from '../../../engine/interpreter/effects.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import { HttpFault } from '../../../engine/ports/httpClient.ts';
import type { Json } from '../../../engine/ports/json.ts';
import { asId } from '../../support/ids.ts';
import type { Script, ScriptStep } from '../../support/scriptedEngine.ts';
import { BASE_URL, createSessionBench, type SessionBench } from '../../support/sessionBench.ts';

interface SeenEvent {
  readonly name: string;
  readonly data?: Json;
  readonly sendid?: string;
  readonly invokeid?: string;
}

/** Records every whole event. The data of 'do' name the effects that it emits. */
const doing: Script = (step) => {
  const { state, input } = step;
  if (input.kind === 'terminate') return undefined;
  if (input.kind !== 'event') return input.kind === 'start' ? onStart(step) : undefined;
  if (input.event.name !== 'do') {
    state.seen = [...((state.seen as Json[] | undefined) ?? []), { ...input.event }] as Json;
    if (input.event.name === 'throw') throw new Error('a fault of the host');
    return input.event.name === 'end' ? { status: 'completed', donedata: { well: 'done' } } : undefined;
  }
  for (const effect of input.event.data as unknown as Partial<SendEffect | ModuleEffect>[]) {
    step.emit({ ...effect, key: step.key() } as SendEffect);
  }
  return undefined;
};

/**
 * A session first records its parameters. With `report` it reports to its parent; with `over` it ends at
 * once.
 */
function onStart(step: ScriptStep): ReturnType<Script> {
  const { params, parent, state } = step;
  state.params = params as Json;
  if (params.report !== undefined && parent !== undefined) {
    step.emit({
      kind: 'send',
      key: step.key(),
      type: 'scxml',
      target: parent.sessionId,
      event: { name: 'report', data: params.report },
    });
  }
  return params.over === true ? { status: 'completed', donedata: { well: 'done' } } : undefined;
}

function scxmlSend(target: string, name: string, more: Partial<SendEffect> = {}): object {
  return { kind: 'send', type: 'scxml', target, event: { name }, ...more };
}

function moduleEffect(name: string, more: Partial<ModuleEffect> = {}): object {
  const [module, action] = name.split('.');
  return {
    kind: 'module',
    module,
    action,
    requestId: 'R1',
    attributes: {},
    params: {},
    children: [],
    ...more,
  };
}

describe('Effects of sessions', () => {
  let bench: SessionBench;
  let performers: { [name: string]: PerformModule };

  beforeEach(() => {
    performers = {};
    bench = createSessionBench(
      { doing },
      {
        prepare(sessions) {
          sessions.onModule('queue.submit', (call) => performers['queue.submit']!(call));
          sessions.onModule('queue.*', (call) => performers['queue.*']!(call));
        },
      },
    );
  });

  afterEach(() => bench.stop());

  async function begin(id: string, params: { [name: string]: Json } = {}): Promise<SessionId> {
    await bench.sessions.start({ id: asId(id), src: `${BASE_URL}/doing.scxml`, params });
    return asId(id);
  }

  async function act(sessionId: SessionId, ...effects: object[]): Promise<void> {
    await bench.sessions.publish(sessionId, { name: 'do', data: effects as Json });
    await bench.settle();
  }

  async function seen(sessionId: SessionId): Promise<readonly SeenEvent[]> {
    const view = await bench.sessions.query(sessionId);
    return ((view?.data as { seen?: SeenEvent[] } | undefined)?.seen ?? []) as SeenEvent[];
  }

  async function names(sessionId: SessionId): Promise<readonly string[]> {
    return (await seen(sessionId)).map(({ name }) => name);
  }

  describe('scxml sends', () => {
    it('reach the other session once, in order', async () => {
      const [a, b] = [await begin('A'), await begin('B')];
      await act(a, ...['one', 'two', 'three'].map((name) => scxmlSend(b, name)));
      expect(await names(b)).to.deep.equal(['one', 'two', 'three']);
    });

    it('are delivered after a crash just after the step', async () => {
      const [a, b] = [await begin('A'), await begin('B')];
      await bench.durable.stop();
      bench.crash();
      await bench.sessions.publish(a, { name: 'do', data: [scxmlSend(b, 'one')] as Json });
      bench.crash();
      await bench.settle();
      expect(await names(b)).to.deep.equal(['one']);
    });

    it('to a session that does not run cause an error event with the sendid', async () => {
      const [a, b] = [await begin('A'), await begin('B')];
      await bench.sessions.publish(b, { name: 'end' });
      await act(a, scxmlSend(b, 'one', { sendId: 's1' }), scxmlSend('nobody', 'two', { sendId: 's2' }));
      expect((await seen(a)).map(({ name, sendid }) => `${name} ${sendid}`)).to.deep.equal([
        'error.communication s1',
        'error.communication s2',
      ]);
    });
  });

  describe('basic HTTP sends', () => {
    const target = 'http://elsewhere.test/in';

    it('are posted as a form with the name of the event (W3C C.2)', async () => {
      const a = await begin('A');
      const fields = [
        ['x', '1'],
        ['y z', 'ä&'],
      ];
      await act(a, { kind: 'send', type: 'basichttp', target, event: { name: 'hello' }, fields });
      expect(bench.requests).to.have.length(1);
      const [request] = bench.requests;
      expect(request).to.include({ method: 'POST', url: target });
      expect(request!.headers).to.include({ 'content-type': 'application/x-www-form-urlencoded' });
      expect([...new URLSearchParams(String(request!.body))]).to.deep.equal([
        ['_scxmleventname', 'hello'],
        ...fields,
      ]);
      expect(await seen(a)).to.deep.equal([]);
    });

    it('with content post the content and name the event in the query', async () => {
      const a = await begin('A');
      const send = { kind: 'send', type: 'basichttp', target, event: { name: 'hello' } };
      await act(a, { ...send, content: { a: 1 } }, { ...send, content: 'plain' });
      const made = bench.requests.map(({ url, body, headers }) => [url, body, headers!['content-type']]);
      expect(made).to.deep.equal([
        [`${target}?_scxmleventname=hello`, '{"a":1}', 'application/json'],
        [`${target}?_scxmleventname=hello`, 'plain', 'text/plain;charset=UTF-8'],
      ]);
    });

    it('that are refused or not answered cause error events', async () => {
      const a = await begin('A');
      const send = { kind: 'send', type: 'basichttp', target, event: { name: 'hello' }, sendId: 's1' };
      bench.answerWith(async () => ({ status: 500, headers: {}, body: '' }));
      await act(a, send);
      bench.answerWith(() => Promise.reject(new HttpFault('unreachable', 'no route')));
      await act(a, send);
      const faults = await seen(a);
      expect(faults.map(({ name, sendid }) => [name, sendid])).to.deep.equal([
        ['error.communication', 's1'],
        ['error.communication', 's1'],
      ]);
      expect(JSON.stringify(faults[0])).to.contain('status 500');
      expect(JSON.stringify(faults[1])).to.contain('unreachable');
    });
  });

  describe('invoked sessions', () => {
    const invoke = (more: object = {}) => ({
      kind: 'invoke',
      invokeId: 'i1',
      invokedId: 'C',
      type: 'scxml',
      baseUrl: `${BASE_URL}/doing.scxml`,
      src: `${BASE_URL}/doing.scxml`,
      params: {},
      ...more,
    });
    const uninvoke = { kind: 'uninvoke', invokeId: 'i1', invokedId: 'C' };

    it('start with their parameters, and their events to the parent have the invoke id', async () => {
      const a = await begin('A');
      await act(a, invoke({ params: { report: 7 } }));
      expect(await bench.sessions.query(asId('C'))).to.deep.include({ data: { params: { report: 7 } } });
      expect(await seen(a)).to.deep.equal([{ name: 'report', data: 7, invokeid: 'i1' }]);
    });

    it('report their end after all their other events', async () => {
      const a = await begin('A');
      await act(a, invoke({ params: { report: 7, over: true } }));
      expect(await seen(a)).to.deep.equal([
        { name: 'report', data: 7, invokeid: 'i1' },
        { name: 'done.invoke.i1', data: { well: 'done' }, invokeid: 'i1' },
      ]);
    });

    it('continue after a restart', async () => {
      const a = await begin('A');
      await act(a, invoke());
      bench.crash();
      await bench.sessions.publish(asId('C'), { name: 'end' });
      bench.crash();
      await bench.settle();
      expect(await names(a)).to.deep.equal(['done.invoke.i1']);
    });

    it('end without an event when their invoke is cancelled', async () => {
      const a = await begin('A');
      await act(a, invoke(), uninvoke);
      expect(await bench.sessions.query(asId('C'))).to.include({ status: 'terminated' });
      expect(await seen(a)).to.deep.equal([]);
    });

    it('cause an error event in the parent when they fail or are terminated', async () => {
      const a = await begin('A');
      await act(a, invoke(), invoke({ invokeId: 'i2', invokedId: 'D' }));
      await bench.sessions.publish(asId('C'), { name: 'throw' }).catch(() => {});
      await bench.sessions.terminate(asId('D'), 'enough');
      await bench.settle();
      expect((await seen(a)).map(({ name, invokeid }) => `${name} ${invokeid}`)).to.deep.equal([
        'error.communication i1',
        'error.communication i2',
      ]);
    });

    it('end when their parent fails', async () => {
      const a = await begin('A');
      await act(a, invoke());
      await bench.sessions.publish(a, { name: 'throw' }).catch(() => {});
      await bench.settle();
      expect(await bench.sessions.query(asId('C'))).to.include({ status: 'terminated' });
    });

    it('with the same invoke id all end when their parent fails', async () => {
      const a = await begin('A');
      await act(a, invoke(), invoke({ invokedId: 'D' }));
      await bench.sessions.publish(a, { name: 'throw' }).catch(() => {});
      await bench.settle();
      const ended = await Promise.all(['C', 'D'].map((id) => bench.sessions.query(asId(id))));
      expect(ended.map((view) => view?.status)).to.deep.equal(['terminated', 'terminated']);
    });

    it('are in the record of their parent until they end or are cancelled', async () => {
      const a = await begin('A');
      const listed = () => bench.durable.get<SessionRecord>(SESSION, a)?.invokedSessions;
      await act(a, ...['C', 'D', 'E', 'F'].map((id) => invoke({ invokedId: id })));
      expect(listed()).to.deep.equal(['C', 'D', 'E', 'F']);
      await bench.sessions.publish(asId('C'), { name: 'end' });
      await bench.sessions.terminate(asId('D'), 'enough');
      await bench.settle();
      expect(listed()).to.deep.equal(['E', 'F']);
      await act(a, { ...uninvoke, invokedId: 'E' });
      expect(listed()).to.deep.equal(['F']);
      await bench.sessions.publish(asId('F'), { name: 'end' });
      await bench.settle();
      expect(listed()).to.equal(undefined);
    });

    it('can be started from text', async () => {
      const a = await begin('A');
      const { src: _, ...byText } = invoke({ document: bench.texts.get(`${BASE_URL}/doing.scxml`)! });
      await act(a, byText);
      bench.crash();
      await bench.sessions.publish(asId('C'), { name: 'end' });
      await bench.settle();
      expect(await names(a)).to.deep.equal(['done.invoke.i1']);
    });

    it('cause an error event in the parent when their document cannot be read', async () => {
      const a = await begin('A');
      await act(a, invoke({ src: `${BASE_URL}/absent.scxml` }));
      const [fault] = await seen(a);
      expect(fault).to.include({ name: 'error.communication', invokeid: 'i1' });
    });
  });

  describe('module elements', () => {
    it('are performed with the session id, and deliver their results once', async () => {
      const a = await begin('A');
      let calls = 0;
      performers['queue.submit'] = async (call) => {
        calls++;
        const data = { requestid: call.requestId, from: call.sessionId, vq: call.attributes.queue ?? null };
        return [{ name: 'queue.submit.requestid' }, { name: 'queue.submit.done', data }];
      };
      await act(a, moduleEffect('queue.submit', { attributes: { queue: 'Billing' } }));
      expect(calls).to.equal(1);
      expect(await seen(a)).to.deep.equal([
        { name: 'queue.submit.requestid' },
        { name: 'queue.submit.done', data: { requestid: 'R1', from: 'A', vq: 'Billing' } },
      ]);
    });

    it('of one step begin in order, without waiting for each other', async () => {
      const a = await begin('A');
      const begun: string[] = [];
      performers['queue.submit'] = (call) => {
        begun.push(`submit ${call.key}`);
        return new Promise(() => {});
      };
      performers['queue.*'] = async (call) => {
        begun.push(`${call.action} ${call.key}`);
        return [{ name: 'queue.cancel.done' }];
      };
      const effects = [moduleEffect('queue.submit'), moduleEffect('queue.cancel')];
      await bench.sessions.publish(a, { name: 'do', data: effects as Json });
      await new Promise<void>((resolve) => setImmediate(resolve));
      expect(begun).to.deep.equal(['submit e1', 'cancel e2']);
      expect(await names(a)).to.deep.equal(['queue.cancel.done']);
    });

    it('are performed again when the performer rejects, and finally cause an error event', async () => {
      const a = await begin('A');
      let calls = 0;
      performers['queue.submit'] = () => {
        calls++;
        return Promise.reject(new Error('no answer'));
      };
      await act(a, moduleEffect('queue.submit'));
      expect(calls).to.equal(1);
      await bench.advance(600_000);
      expect(calls).to.equal(8);
      expect(await seen(a)).to.deep.equal([
        {
          name: 'error.queue.submit',
          data: { requestid: 'R1', error: 'failed', description: 'no answer' },
        },
      ]);
    });

    it('are performed again after a crash, and deliver their results once', async () => {
      const a = await begin('A');
      let calls = 0;
      performers['queue.submit'] = async () => {
        calls++;
        if (calls === 1) {
          bench.crash();
          await new Promise(() => {});
        }
        return [{ name: 'queue.submit.done' }];
      };
      await bench.sessions.publish(a, { name: 'do', data: [moduleEffect('queue.submit')] as Json });
      await bench.settle();
      expect(calls).to.equal(2);
      expect(await names(a)).to.deep.equal(['queue.submit.done']);
    });

    it('without a performer cause an error event', async () => {
      const a = await begin('A');
      await act(a, moduleEffect('dialog.play'));
      const [fault] = await seen(a);
      expect(fault!.name).to.equal('error.dialog.play');
      expect(fault!.data).to.include({ requestid: 'R1', error: 'unsupported' });
    });
  });

  describe('<session:start> and <session:terminate>', () => {
    it('start a session by a URL relative to the document, and report its end', async () => {
      const a = await begin('A');
      const attributes = { src: 'doing.scxml', sessionid: 'N' };
      await act(a, moduleEffect('session.start', { attributes, params: { x: 1 } }));
      expect(await bench.sessions.query(asId('N'))).to.deep.include({
        status: 'running',
        data: { params: { x: 1 } },
      });
      await bench.sessions.publish(asId('N'), { name: 'end' });
      await bench.settle();
      expect(await seen(a)).to.deep.equal([
        { name: 'session.start.done', data: { requestid: 'R1', sessionid: 'N' } },
        { name: 'done.start.N', data: { sessionid: 'N', reason: '', params: { well: 'done' } } },
      ]);
    });

    it('start a session at its idealtime', async () => {
      const a = await begin('A');
      const idealtime = String(bench.clock.now() + 1_000);
      await act(
        a,
        moduleEffect('session.start', { attributes: { srcexpr: 'doing.scxml', sessionid: 'N', idealtime } }),
      );
      expect(await bench.sessions.query(asId('N'))).to.include({ status: 'scheduled' });
      await bench.advance(1_000);
      expect(await bench.sessions.query(asId('N'))).to.include({ status: 'running' });
    });

    it('give a scheduled session another idealtime, earlier or later', async () => {
      const a = await begin('A');
      const at = (ms: number) => String(bench.clock.now() + ms);
      const start = (sessionid: string) =>
        moduleEffect('session.start', {
          attributes: { srcexpr: 'doing.scxml', sessionid, idealtime: at(5_000) },
        });
      const update = (attributes: { [name: string]: Json }) =>
        moduleEffect('session.updatestart', { attributes });
      await act(a, start('EARLIER'), start('LATER'));
      await act(
        a,
        update({ sessionid: 'EARLIER', idealtime: at(1_000) }),
        update({ sessionid: 'LATER', idealtime: at(9_000) }),
      );
      const statusOf = async (id: string) => (await bench.sessions.query(asId(id)))?.status;
      await bench.advance(1_000);
      expect([await statusOf('EARLIER'), await statusOf('LATER')]).to.deep.equal(['running', 'scheduled']);
      await bench.advance(7_999);
      expect(await statusOf('LATER')).to.equal('scheduled');
      await bench.advance(1);
      expect(await statusOf('LATER')).to.equal('running');
      const done = (await seen(a)).filter(({ name }) => name === 'session.updatestart.done');
      expect(done.map(({ data }) => (data as { sessionid: string }).sessionid)).to.deep.equal([
        'EARLIER',
        'LATER',
      ]);
    });

    it('find the scheduled session by the request that started it, and start it at once for a past time', async () => {
      const a = await begin('A');
      const idealtime = String(bench.clock.now() + 5_000);
      const start = moduleEffect('session.start', { attributes: { srcexpr: 'doing.scxml', idealtime } });
      // The first effect of the session has the key e1.
      const requestid = 'A.e1';
      await act(a, { ...start, requestId: requestid });
      const { sessionid } = (await seen(a))[0]!.data as { sessionid: string };
      await act(a, moduleEffect('session.updatestart', { attributes: { requestid, idealtime: 1 } }));
      await bench.advance(0);
      expect(await bench.sessions.query(asId(sessionid))).to.include({ status: 'running' });
      expect((await seen(a))[1]).to.deep.equal({
        name: 'session.updatestart.done',
        data: { requestid, sessionid },
      });
    });

    it('cause an error event when no such session is scheduled, or idealtime is no time', async () => {
      const a = await begin('A');
      const update = (attributes: { [name: string]: Json }) =>
        moduleEffect('session.updatestart', { attributes });
      await act(
        a,
        update({ sessionid: 'A', idealtime: 5 }),
        update({ sessionid: 'nobody', idealtime: 5 }),
        update({ idealtime: 5 }),
        update({ sessionid: 'A', idealtime: 'soon' }),
        update({ sessionid: 'A' }),
      );
      const faults = (await seen(a)).map(({ name, data }) => {
        const { error, description } = data as { error: string; description: string };
        return `${name} ${error}: ${description}`;
      });
      const wrong = 'error.session.updatestart illegalvalue: expected ms since 1970 in idealtime, got';
      const none = 'error.session.updatestart nosuchsession: no session';
      expect(faults).to.have.members([
        `${none} 'A' is scheduled`,
        `${none} 'nobody' is scheduled`,
        `${none} '' is scheduled`,
        `${wrong} "soon"`,
        `${wrong} null`,
      ]);
    });

    it('cause an error event when a session cannot be started', async () => {
      const a = await begin('A');
      const start = (attributes: { [name: string]: Json }) => moduleEffect('session.start', { attributes });
      await act(
        a,
        start({ src: 'absent.scxml' }),
        start({}),
        start({ src: 'doing.scxml', idealtime: 'soon' }),
      );
      const faults = (await seen(a)).map(({ name, data }) => `${name} ${(data as { error: string }).error}`);
      expect(faults).to.have.members([
        'error.session.start badfetch',
        'error.session.start illegalvalue',
        'error.session.start illegalvalue',
      ]);
    });

    it('terminate a session, or report that it does not exist', async () => {
      const [a, b] = [await begin('A'), await begin('B')];
      const terminate = (sessionid: string) =>
        moduleEffect('session.terminate', { attributes: { sessionid } });
      await act(a, terminate(b), terminate('nobody'));
      expect(await bench.sessions.query(b)).to.include({
        status: 'terminated',
        reason: 'terminated by session A',
      });
      expect(await names(a)).to.have.members(['session.terminate.done', 'error.session.terminate']);
    });
  });

  it('continue when a step leaves events of its own session waiting', async () => {
    let rounds = 0;
    const again: Script = ({ input }) => {
      if (input.kind === 'continue') rounds++;
      return { more: rounds < 3 };
    };
    const other = createSessionBench({ again });
    await other.sessions.start({ src: `${BASE_URL}/again.scxml` });
    await other.settle();
    expect(rounds).to.equal(3);
    await other.stop();
  });
});
