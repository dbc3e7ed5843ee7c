import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useResource } from '../../api/resource.ts';
import { CountFilter } from '../../parts/countFilter.tsx';
import { Shown } from '../../parts/states.tsx';
import type { Column } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { inAddress } from '../../shell/address.ts';
import { AgentDay } from './agentDay.tsx';
import { stateName, supervisorTexts } from './supervisorTexts.ts';

const EVERY_MS = 2_000;
const BUSY = 'busy';
const STATES = ['ready', 'notReady', 'afterWork', 'loggedOut'] as const;

type Agent = ReplyOf<'GET /agent/1/agents'>[number];

/** The agents: how many are in which state, and each with what they did today. */
export function AgentTable({
  counts,
  busy,
}: {
  readonly counts: Readonly<Record<string, number>>;
  readonly busy: number;
}): JSX.Element {
  const t = supervisorTexts();
  const chosen = useMemo(() => inAddress('state'), []);
  const agents = useResource('agents', (signal) => call('GET /agent/1/agents', { signal }), {
    everyMs: EVERY_MS,
  });
  const columns = useMemo(agentColumns, [t]);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const values = [
    { value: '', text: t.all, count: all },
    ...STATES.map((state) => ({
      value: state,
      text: stateName(state),
      count: counts[state] ?? 0,
      mark: <Colour state={state} />,
    })),
    { value: BUSY, text: stateName(BUSY), count: busy, mark: <Colour state={BUSY} /> },
  ];
  return (
    <section class="supervisor-part">
      <h2>{t.agents}</h2>
      <CountFilter
        label={t.state}
        values={values}
        chosen={chosen.value}
        onChoose={(state) => chosen.set(state)}
      />
      <Shown resource={agents} rows={8}>
        {(found) => (
          <DataTable<Agent>
            label={t.agents}
            prefix="a"
            fileName="agents"
            columns={columns}
            rows={found.filter((agent) => isIn(agent, chosen.value))}
            keyOf={({ agentId }) => agentId}
            empty={t.noAgents}
          />
        )}
      </Shown>
    </section>
  );
}

/** An agent who is busy is in one of the other states, too. */
function isIn({ state, current }: Agent, chosen: string): boolean {
  if (chosen === BUSY) return current > 0;
  return chosen === '' || state === chosen;
}

/** The colour of a state in the bands. */
function Colour({ state }: { readonly state: string }): JSX.Element {
  return (
    <svg class="supervisor-colour" viewBox="0 0 1 1" aria-hidden="true">
      <rect width="1" height="1" class={`supervisor-${state}`} />
    </svg>
  );
}

function agentColumns(): readonly Column<Agent>[] {
  const t = supervisorTexts();
  const day: Column<Agent> = {
    key: 'today',
    title: t.today,
    text: () => '',
    cell: ({ agentId }) => <AgentDay agentId={agentId} />,
    width: '22rem',
  };
  return [
    { key: 'agent', title: t.agent, text: ({ agentId }) => agentId, width: '14rem' },
    {
      key: 'state',
      title: t.state,
      text: ({ state, reason }) => `${stateName(state)}${reason === undefined ? '' : ` (${reason})`}`,
      width: '12rem',
    },
    ...(mayCall('GET /genesys/1/admin/agents/:agentId/states') ? [day] : []),
    { key: 'groups', title: t.groups, text: ({ groups }) => groups.join(', ') },
    { key: 'media', title: t.media, text: ({ media }) => media.join(', '), width: '9rem' },
  ];
}
