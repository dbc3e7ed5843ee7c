import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { nameOf, type Queue } from './queueColumns.tsx';
import { supervisorTexts } from './supervisorTexts.ts';

const EVERY_MS = 2_000;

/** The agents who could take a call of a queue, those who are free first. */
export function QueueAgents({
  queue,
  onClose,
}: {
  readonly queue: Queue;
  readonly onClose: () => void;
}): JSX.Element {
  const t = supervisorTexts();
  const found = useResource(
    queue.key,
    (signal) => call('GET /genesys/1/admin/queues/agents', { query: { queue: queue.key }, signal }),
    { everyMs: EVERY_MS },
  );
  return (
    <Dialog title={t.agentsOf(nameOf(queue))} onClose={onClose} wide>
      <Shown resource={found} rows={6}>
        {({ agents }) =>
          agents.length === 0 ? (
            <Empty>{t.noAgentsOfQueue}</Empty>
          ) : (
            <div class="supervisor-calls">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t.agent}</th>
                    <th scope="col">{t.isFree}</th>
                  </tr>
                </thead>
                <tbody>
                  {agents.map(({ agentId, isFree }) => (
                    <tr key={agentId}>
                      <td>{agentId}</td>
                      <td>{isFree ? t.yes : t.no}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Shown>
    </Dialog>
  );
}
