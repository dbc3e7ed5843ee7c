import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Shown } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { hrefOf } from '../../shell/address.ts';
import { nameOf, type Queue, secondsText } from './queueColumns.tsx';
import { supervisorTexts } from './supervisorTexts.ts';

const EVERY_MS = 2_000;

/** The calls that wait in a queue, in their order. */
export function QueueCalls({
  queue,
  onClose,
}: {
  readonly queue: Queue;
  readonly onClose: () => void;
}): JSX.Element {
  const t = supervisorTexts();
  const found = useResource(
    queue.key,
    (signal) => call('GET /genesys/1/admin/queues/calls', { query: { queue: queue.key }, signal }),
    { everyMs: EVERY_MS },
  );
  return (
    <Dialog title={t.callsOf(nameOf(queue))} onClose={onClose} wide>
      <Shown resource={found} rows={6}>
        {({ calls }) =>
          calls.length === 0 ? (
            <Empty>{t.noCalls}</Empty>
          ) : (
            <div class="supervisor-calls">
              <table>
                <thead>
                  <tr>
                    {[t.position, t.call, t.since, t.rest, t.session].map((title) => (
                      <th key={title} scope="col">
                        {title}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {calls.map(({ connId, position, enteredAt, estimatedSeconds, session }) => (
                    <tr key={connId}>
                      <td>{position}</td>
                      <td>{connId}</td>
                      <td>
                        <Time at={enteredAt} as="time" />
                      </td>
                      <td>{estimatedSeconds === undefined ? '–' : secondsText(estimatedSeconds)}</td>
                      <td>
                        {session !== undefined && (
                          <a href={hrefOf(`sessions/${encodeURIComponent(session)}`)}>{session}</a>
                        )}
                      </td>
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
