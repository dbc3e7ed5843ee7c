import type { Services } from '../../strategies/callback/services.ts';
import { chatDelayServices } from './chatDelayServices.ts';
import { asId } from './ids.ts';
import { ScriptedSessions } from './scriptedSessions.ts';
import { openStatisticsCentre, type StatisticsCentre } from './statisticsCentre.ts';
import { createTestIds } from './testIds.ts';

/** A statistics centre with callback services, whose queue waits are those of its own queues. */
export interface CallbackCentre extends StatisticsCentre {
  readonly services: Services;
  readonly scripted: ScriptedSessions;
}

export function openCallbackCentre(
  options: Readonly<Record<string, string>>,
  given: Parameters<typeof openStatisticsCentre>[0] = {},
): CallbackCentre {
  const scripted = new ScriptedSessions();
  const ids = given.ids ?? createTestIds();
  let services: Services | undefined;
  const centre = openStatisticsCentre({
    ...given,
    ids,
    waitingCallbacks: (name) => services?.waitingCallbacks(name),
  });
  const { durable, clock } = centre;
  services = chatDelayServices({
    durable,
    clock,
    ids,
    sessions: scripted,
    options: () => options,
    queueWait: async (vq) => (await centre.routing.viewQueue(asId('max'), { vq })).ewtSeconds ?? 0,
  });
  return { ...centre, services, scripted };
}
