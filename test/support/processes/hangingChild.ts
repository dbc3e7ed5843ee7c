import { EngineChildren } from '../../../engine/host/children/engineChildren.ts';
import { asId } from '../ids.ts';
import { loadRequest } from '../loadRequest.ts';
import { silentLog } from '../silentLog.ts';

/** Prints the ids of its engine children when one of them hangs. The hang lasts longer than this process. */
const children = new EngineChildren({ log: silentLog, children: 1, deadlineMs: 600_000, memoryMb: 400 });
const document = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><state id="s">
     <transition event="hang"><script>Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)</script></transition>
   </state></scxml>`;
const execution = children.engine.startExecution(await children.engine.loadProgram(loadRequest(document)), {
  sessionId: asId('S'),
  seed: 1,
});
await execution.step({ kind: 'start' }, { now: 1 });
const hanging = Promise.resolve(execution.step({ kind: 'event', event: { name: 'hang' } }, { now: 2 }));
setImmediate(() => process.stdout.write(`${JSON.stringify(children.pids())}\n`));
await hanging;
