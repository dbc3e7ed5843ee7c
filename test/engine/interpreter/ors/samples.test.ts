import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Document } from '../../../../engine/interpreter/document/model.ts';
import { loadDocument } from '../../../../engine/interpreter/load/load.ts';
import type { Json } from '../../../../engine/ports/json.ts';
import { MONDAY_MORNING, OrsPlayer } from '../../../support/orsPlayer.ts';

const FOLDER = new URL('../../../../../shared/samples/', import.meta.url);
const STUBS = new URL('../../../../fixtures/engine/ors/composer-stubs/', import.meta.url);

const IPD = 'genesyssandbox__routing__src-gen__IPD_default_defaultWorkflow.scxml';
const DEFAULT = 'genesyssandbox__routing__src-gen__default.scxml';
const ROUTING = 'rocklogu__IVRcodetesting__src-gen__default.scxml';
const SUBROUTINE = 'scmcdev__CRD_GVP_WF__src__subRoutines__';

/** The unchanged samples, with stubs for included files that are missing. */
function load(url: URL, files: { readonly [name: string]: URL } = {}): Promise<Document> {
  return loadDocument(url, {
    fetchText: async ({ href, pathname }) => {
      const name = pathname.slice(pathname.lastIndexOf('/') + 1);
      if (files[name]) return readFile(files[name], 'utf8');
      if (!name.endsWith('.js')) return readFile(new URL(href), 'utf8');
      const stub = new URL(name, STUBS);
      return readFile(existsSync(stub) ? stub : new URL('empty.js', STUBS), 'utf8');
    },
  });
}

const sample = (name: string, files?: { readonly [name: string]: URL }) => load(new URL(name, FOLDER), files);
const workflow = (name: string) => sample(IPD, { 'default.scxml': new URL(name, FOLDER) });
const called = (name: string) =>
  load(new URL('caller.xml', STUBS), { 'subroutine.scxml': new URL(`${SUBROUTINE}${name}.scxml`, FOLDER) });

/** Chat: an interaction without `voice`. */
const CHAT = { id: 'IXN1', g_uid: 'IXN1', media: 'chat', udata: {}, parties: [] };
const PHONE = { ...CHAT, media: 'voice', voice: { type: 'inbound', ani: '5551' } };

const added = (view: Json) => ({
  name: 'interaction.added',
  data: { interactionid: 'IXN1' },
  facts: { interactions: { IXN1: view } },
});

/** The state in which the process document waits for its interaction. */
const IPD_WAITS = [
  'enter _composer_globalstate',
  'enter _composer_parallel',
  'enter _composer_application',
  'enter _composer_init',
  'enter _composer_event_handler',
];
const IPD_STARTS = [
  'event interaction.added',
  'event application.start',
  'exit _composer_init',
  'enter _composer_start',
  'enter defaultWorkflow',
  'enter defaultWorkflow._composer_entry',
];
const IPD_ENDS = [
  'event done.state.defaultWorkflow._composer_entry',
  'exit _composer_event_handler',
  'exit defaultWorkflow._reserved_Exit1_final',
  'exit defaultWorkflow._composer_entry',
  'exit defaultWorkflow',
  'exit _composer_start',
  'exit _composer_application',
  'exit _composer_parallel',
  'exit _composer_globalstate',
  'enter _composer_global_exit',
  'exit _composer_global_exit',
];

describe('public ORS documents run to their end', () => {
  before(function () {
    if (existsSync(FOLDER)) return;
    console.log(`      skipped: no samples at ${fileURLToPath(FOLDER)}`);
    this.skip();
  });

  describe('play music', () => {
    const NAME = 'docs__GettingStarted__play_music.scxml';
    const begin = async (): Promise<OrsPlayer> => {
      const player = new OrsPlayer(await sample(NAME));
      player.send(added(PHONE));
      expect(player.takeTrace()).to.deep.equal([
        'enter begin',
        'event interaction.added',
        'exit begin',
        'enter play_music',
        'do dialog:playsound',
      ]);
      return player;
    };

    it('requests the treatment with its attributes, and ends when it is done', async () => {
      const player = await begin();
      expect(player.modules[0]).to.deep.include({
        requestId: 'SESSION.effect1',
        attributes: {
          interactionid: 'IXN1',
          requestid: 'SESSION.effect1',
          type: 'music',
          resource: 'music/on_hold',
          duration: '10 ',
        },
      });
      player.answer('dialog.playsound.done');
      expect(player.takeTrace()).to.deep.equal([
        'event dialog.playsound.done',
        'exit play_music',
        'enter exit',
        'exit exit',
      ]);
      expect([player.execution.status, ...player.states]).to.deep.equal(['completed', 'exit']);
    });

    it('ends in its error state when no part plays it', async () => {
      const player = await begin();
      player.answer('error.dialog.playsound', { error: 'unsupported', description: '' });
      expect([player.execution.status, ...player.states]).to.deep.equal(['completed', 'error']);
    });
  });

  describe('a process with its workflow', () => {
    it('starts the workflow with the interaction, stops the interaction, and ends', async () => {
      const player = new OrsPlayer(await workflow(DEFAULT));
      expect(player.takeTrace()).to.deep.equal(IPD_WAITS);
      player.send(added(CHAT));
      expect(player.takeTrace()).to.deep.equal([
        ...IPD_STARTS,
        'enter defaultWorkflow.Entry1',
        'event Entry1.done',
        'exit defaultWorkflow.Entry1',
        'enter defaultWorkflow.Exit1',
        'exit defaultWorkflow.Exit1',
        'enter defaultWorkflow._reserved_Exit1_stop_ixn',
        'do interaction:terminate',
      ]);
      expect(player.modules[0]!.attributes).to.include({
        requestid: 'SESSION.effect2',
        interactionid: 'IXN1',
      });
      player.answer('interaction.terminate.done');
      expect(player.takeTrace()).to.deep.equal([
        'event interaction.terminate.done',
        'exit defaultWorkflow._reserved_Exit1_stop_ixn',
        'enter defaultWorkflow._reserved_Exit1_final',
        ...IPD_ENDS,
      ]);
      expect(player.execution.status).to.equal('completed');
    });

    it('does not change a phone call when the workflow ends', async () => {
      const player = new OrsPlayer(await workflow(DEFAULT));
      player.takeTrace();
      player.send(added(PHONE));
      expect(player.takeTrace()).to.deep.equal([
        ...IPD_STARTS,
        'enter defaultWorkflow.Entry1',
        'event Entry1.done',
        'exit defaultWorkflow.Entry1',
        'enter defaultWorkflow.Exit1',
        'exit defaultWorkflow.Exit1',
        'enter defaultWorkflow._reserved_Exit1_final',
        ...IPD_ENDS,
      ]);
      expect([player.execution.status, player.modules.length]).to.deep.equal(['completed', 0]);
    });

    it('continues with the primary call of a consultation, a second after it is attached', async () => {
      const player = new OrsPlayer(await workflow(DEFAULT));
      player.takeTrace();
      player.send(added({ ...PHONE, parentid: 'IXN0', voice: { type: 'consult' } }));
      expect(player.takeTrace()).to.deep.equal(['event interaction.added', 'do interaction:attach']);
      expect(player.modules[0]!.attributes.interactionid).to.equal('IXN0');
      player.answer('interaction.attach.done', { interactionid: 'IXN0' });
      player.advance(999);
      expect(player.takeTrace()).to.deep.equal(['event interaction.attach.done']);
      player.advance(1);
      expect(player.takeTrace()[0]).to.equal('event application.start');
      expect(player.execution.status).to.equal('completed');
    });

    it('ends when its interaction is deleted while it waits', async () => {
      const player = new OrsPlayer(await workflow(ROUTING));
      player.send(added(CHAT));
      player.takeTrace();
      player.send({
        name: 'interaction.deleted',
        data: { interactionid: 'IXN1', resultof: 'deletion' },
        facts: { interactions: { IXN1: null } },
      });
      const trace = player.takeTrace();
      expect(trace.slice(0, 2)).to.deep.equal(['event interaction.deleted', 'event application.exit']);
      expect(trace.slice(-2)).to.deep.equal(['enter _composer_global_exit', 'exit _composer_global_exit']);
      expect(player.execution.status).to.equal('completed');
    });

    it('stops the interaction and ends when an error is not handled', async () => {
      const player = new OrsPlayer(await workflow(ROUTING));
      player.send(added(CHAT));
      player.takeTrace();
      player.send({ name: 'error.queue.submit', data: { requestid: 'none', description: 'no target' } });
      const trace = player.takeTrace();
      expect(trace.slice(0, 3)).to.deep.equal([
        'event error.queue.submit',
        'do interaction:terminate',
        'event application.exit',
      ]);
      expect([player.execution.status, ...player.states]).to.deep.equal([
        'completed',
        '_composer_global_exit',
      ]);
    });

    it('reports that a workflow cannot run by itself', async () => {
      for (const name of [DEFAULT, ROUTING]) {
        const player = new OrsPlayer(await sample(name));
        expect(player.takeTrace()).to.deep.equal(['enter _composer_noboot', 'exit _composer_noboot']);
        expect(player.execution.status).to.equal('completed');
      }
    });
  });

  describe('a routing workflow', () => {
    const HOUR = 3_600_000;
    /** From the start of the application to the branch that depends on the time. */
    const play = async (hours: number): Promise<OrsPlayer> => {
      const player = new OrsPlayer(await workflow(ROUTING), { now: MONDAY_MORNING + hours * HOUR });
      player.takeTrace();
      player.send(added(CHAT));
      expect(player.takeTrace()).to.deep.equal([
        ...IPD_STARTS,
        'enter defaultWorkflow.Entry',
        'event Entry.done',
        'exit defaultWorkflow.Entry',
        'enter defaultWorkflow.AssignDateTime',
        'event AssignDateTime.script.done',
        'exit defaultWorkflow.AssignDateTime',
        'enter defaultWorkflow.Branching1',
        'event Branching1.script.done',
        'exit defaultWorkflow.Branching1',
        ...afterBranch(hours),
      ]);
      return player;
    };
    const afterBranch = (hours: number): string[] => {
      if (hours === 0) {
        return [
          'enter defaultWorkflow.Target',
          'enter defaultWorkflow._reserved_Target_submit',
          'do queue:submit',
        ];
      }
      const block = hours === 12 ? 'PlayDefault' : 'PlayWeekend';
      return [`enter defaultWorkflow.${block}`, 'do dialog:start'];
    };
    const stops = (player: OrsPlayer): void => {
      expect(player.takeTrace().slice(-3)).to.deep.equal([
        'exit defaultWorkflow.Exit1',
        'enter defaultWorkflow._reserved_Exit1_stop_ixn',
        'do interaction:terminate',
      ]);
      player.answer('error.interaction.terminate', { error: 'unknown', description: '' });
      expect(player.takeTrace()).to.deep.equal([
        'event error.interaction.terminate',
        'exit defaultWorkflow._reserved_Exit1_stop_ixn',
        'enter defaultWorkflow._reserved_Exit1_final',
        ...IPD_ENDS,
      ]);
      expect(player.execution.status).to.equal('completed');
    };

    it('submits the interaction to its groups by day, and ends with the target that is selected', async () => {
      const player = await play(0);
      const submit = player.modules[0]!;
      expect(submit.attributes).to.deep.equal({
        route: true,
        requestid: submit.requestId,
        interactionid: 'IXN1',
        timeout: 10,
        clearontimeout: false,
        ordertype: 'percentage',
      });
      const [targets] = submit.children;
      expect(targets!.children.map(({ attributes }) => [attributes.type, attributes.weight])).to.deep.equal([
        ['agentgroup', '60'],
        ['agentgroup', '40'],
      ]);
      player.answer('queue.submit.requestid');
      expect(player.takeTrace()).to.deep.equal(['event queue.submit.requestid']);
      player.answer('queue.submit.done', {
        targetselected: '101@Switch.DN',
        vqselected: 'VQ',
        targetcomponentselected: 'ann@StatServer.A',
        targetobjectselected: 'Group',
        resource: { agent: 'ann' },
      });
      const system = (player.execution.data() as { system: { context: Record<string, Json> } }).system
        .context;
      expect(system).to.include({
        LastSubmitRequestId: submit.requestId,
        LastTargetSelected: '101@Switch.DN',
        LastVirtualQueueSelected: 'VQ',
      });
      stops(player);
    });

    it('plays its evening message after hours', async () => {
      const player = await play(12);
      expect(player.modules[0]!.params).to.include({
        APP_URI: 'http://workflows.test/app/src-gen/NonBusinessHrs.vxml',
      });
      player.answer('dialog.start.done');
      stops(player);
    });

    it('plays its weekend message on a Sunday', async () => {
      const player = await play(6 * 24);
      player.answer('dialog.start.done');
      stops(player);
    });
  });

  describe('subroutines', () => {
    const call = async (name: string, args: { readonly [name: string]: Json }): Promise<OrsPlayer> => {
      const player = new OrsPlayer(await called(name), { params: { arguments_: args } });
      expect(player.takeTrace().slice(0, 2)).to.deep.equal(['enter calling', 'enter sub._composer_entry']);
      return player;
    };
    const returned = (player: OrsPlayer, event: string, final: string): void => {
      const trace = player.takeTrace();
      expect(trace[0]).to.equal(`event ${event}`);
      expect(trace.slice(-7)).to.deep.equal([
        `enter sub.${final}`,
        'event done.state.sub._composer_entry',
        `exit sub.${final}`,
        'exit sub._composer_entry',
        'exit calling',
        'enter returned',
        'exit returned',
      ]);
      expect(player.execution.status).to.equal('completed');
    };

    it('take the interaction out of a virtual queue', async () => {
      const player = await call('ClearTargets', { vQueue: 'VQ' });
      expect(player.modules[0]).to.deep.include({
        module: 'queue',
        action: 'cancel',
        attributes: { interactionid: 'IXN1', queue: 'VQ' },
      });
      player.answer('queue.cancel.done');
      returned(player, 'queue.cancel.done', 'ClearTargets.Complete');
    });

    for (const [event, result] of [
      ['interaction.accept.done', 'return:ok'],
      ['error.interaction.accept', 'return:error'],
      ['error.execution', 'return:other error'],
    ] as const) {
      it(`accept an interaction: ${event} returns '${result}'`, async () => {
        const document = await called('InteractionAccept');
        const player = new OrsPlayer(document, {
          params: { arguments_: { Resource: '101' } },
          withLogs: true,
        });
        expect(player.modules[0]!.attributes).to.include({ interactionid: 'IXN1', resource: '101' });
        player.answer(event);
        expect(player.takeTrace()).to.include(`log ({ReturnValue:"${result}"})`);
        expect(player.execution.status).to.equal('completed');
      });
    }

    it('cancel a request that the caller names, or that of a block', async () => {
      for (const [args, request] of [
        [{ RequestId: 'R1' }, 'R1'],
        [{ TargetBlockName: 'Target1' }, 'REQUEST1'],
      ] as const) {
        const player = await call('QueueCancel', args);
        expect(player.modules[0]!.attributes).to.deep.equal({ requestid: request });
        player.answer('queue.cancel.done');
        returned(player, 'queue.cancel.done', 'Exit');
      }
    });

    it('return what a query of the queue answers', async () => {
      const document = await called('QueueQuery');
      const player = new OrsPlayer(document, {
        params: { arguments_: { TargetBlockName: 'Target1' } },
        withLogs: true,
      });
      player.answer('queue.query.done', { priority: 5, positioninqueue: 2, invqwaittime: 30 });
      expect(player.takeTrace()).to.include('log ({Priority:5, PositionInQueue:2, ExpectedWaitTime:30})');
      expect(player.execution.status).to.equal('completed');
    });

    it('suspend until a time that the caller gives', async () => {
      const player = await call('SuspendForEvent', { Timeout: '5000ms', Type: 'any', Event: 'true' });
      player.advance(4999);
      expect(player.takeTrace()).to.deep.equal([]);
      player.advance(1);
      returned(player, 'delay', 'Exit');
    });

    it('suspend until an event of the name that the document holds', async () => {
      const player = await call('SuspendForEvent', { Timeout: '1s' });
      player.send('eventValue');
      returned(player, 'eventValue', 'Exit');
    });

    it('also run without a caller to their final states, and report the missing values', async () => {
      const player = new OrsPlayer(await sample(`${SUBROUTINE}InteractionAccept.scxml`));
      expect(player.takeTrace()).to.deep.equal([
        'enter _composer_entry',
        'error error.script',
        'enter AnswerCall',
        'error error.illegalvalue',
        'event error.script',
        'exit AnswerCall',
        'enter AnswerCall.final',
        'event error.illegalvalue',
        'event done.state._composer_entry',
      ]);
      for (const [name, event, final] of [
        ['ClearTargets', 'queue.cancel.done', 'ClearTargets.Complete'],
        ['QueueCancel', 'queue.cancel.done', 'Exit'],
        ['QueueQuery', 'queue.query.done', 'Exit'],
        ['SuspendForEvent', 'delay', 'Exit'],
      ] as const) {
        const waiting = new OrsPlayer(await sample(`${SUBROUTINE}${name}.scxml`));
        waiting.send({ name: event, data: {} });
        expect([waiting.execution.status, ...waiting.states], name).to.deep.equal([
          'running',
          '_composer_entry',
          final,
        ]);
      }
    });
  });
});
