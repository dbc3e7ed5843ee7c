import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { durationText, timeText } from '../../parts/time.tsx';
import { stateName, supervisorTexts } from './supervisorTexts.ts';

const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;

/** The states of an agent since midnight, as a band over the whole day. */
export function AgentDay({ agentId }: { readonly agentId: string }): JSX.Element {
  const t = supervisorTexts();
  const { data } = useResource(
    agentId,
    (signal) => call('GET /genesys/1/admin/agents/:agentId/states', { path: { agentId }, signal }),
    { everyMs: EVERY_MS },
  );
  if (data === undefined) return <span class="muted">…</span>;
  const begin = Date.parse(data.from);
  const spans = data.states.map(({ state, from, to }) => ({
    state,
    from: Date.parse(from),
    ms: Date.parse(to) - Date.parse(from),
  }));
  const sums = new Map<string, number>();
  for (const { state, ms } of spans) sums.set(state, (sums.get(state) ?? 0) + ms);
  const words = [...sums].map(([state, ms]) => `${stateName(state)} ${durationText(ms)}`).join(', ');
  const label = t.todayOf(agentId, words === '' ? t.nothing : words);
  return (
    <svg
      class="supervisor-day"
      viewBox={`0 0 ${DAY_MS} 1`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <rect x="0" y="0" width={DAY_MS} height="1" class="supervisor-none" />
      {spans.map(({ state, from, ms }) => (
        <rect key={from} x={from - begin} y="0" width={ms} height="1" class={`supervisor-${state}`}>
          <title>{`${timeText(from, 'time')} ${stateName(state)} ${durationText(ms)}`}</title>
        </rect>
      ))}
    </svg>
  );
}
