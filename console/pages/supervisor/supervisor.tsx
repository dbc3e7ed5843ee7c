import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Shown } from '../../parts/states.tsx';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { AgentTable } from './agentTable.tsx';
import { InteractionTable } from './interactionTable.tsx';
import { QueueAgents } from './queueAgents.tsx';
import { QueueCalls } from './queueCalls.tsx';
import { type Queue, type QueueRows, queueColumns } from './queueColumns.tsx';
import { supervisorTexts } from './supervisorTexts.ts';
import './supervisor.css';

const EVERY_MS = 2_000;

/** Queues, agents and interactions as they are now, and the chats of agents to watch and to join. */
export default function Supervisor(): JSX.Element {
  const t = supervisorTexts();
  const opened = useSignal<{ readonly queue: Queue; readonly rows: QueueRows } | undefined>(undefined);
  const survey = useResource('queues', (signal) => call('GET /genesys/1/admin/queues', { signal }), {
    everyMs: EVERY_MS,
  });
  const columns = useMemo(
    () =>
      queueColumns((queue, rows) => {
        opened.value = { queue, rows };
      }),
    [t],
  );
  const Rows = opened.value?.rows === 'agents' ? QueueAgents : QueueCalls;
  return (
    <>
      <h1>{t.title}</h1>
      <Shown resource={survey} rows={20}>
        {({ queues, queueCount, agents, busyAgents }) => (
          <>
            <section class="supervisor-part">
              <h2>{t.queues}</h2>
              {queueCount > queues.length && <p class="muted">{t.moreQueues(queues.length, queueCount)}</p>}
              <DataTable<Queue>
                label={t.queues}
                prefix="q"
                fileName="queues"
                columns={columns}
                rows={queues}
                keyOf={({ key }) => key}
                empty={t.noQueues}
              />
              <p class="muted">{t.past}</p>
            </section>
            <AgentTable counts={agents} busy={busyAgents} />
          </>
        )}
      </Shown>
      <InteractionTable />
      {opened.value !== undefined && (
        <Rows
          queue={opened.value.queue}
          onClose={() => {
            opened.value = undefined;
          }}
        />
      )}
    </>
  );
}
