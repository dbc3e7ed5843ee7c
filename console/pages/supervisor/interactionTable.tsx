import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useResource } from '../../api/resource.ts';
import { Shown } from '../../parts/states.tsx';
import type { Column } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { supervisorTexts } from './supervisorTexts.ts';
import { WatchedChat } from './watchedChat.tsx';

const EVERY_MS = 2_000;

type Interaction = ReplyOf<'GET /agent/1/interactions'>['interactions'][number];

/** The interactions that are not over. A chat can be watched. */
export function InteractionTable(): JSX.Element {
  const t = supervisorTexts();
  const watched = useSignal<string | undefined>(undefined);
  const found = useResource('interactions', (signal) => call('GET /agent/1/interactions', { signal }), {
    everyMs: EVERY_MS,
  });
  const columns = useMemo(
    () =>
      interactionColumns((id) => {
        watched.value = id;
      }),
    [t],
  );
  return (
    <section class="supervisor-part">
      <h2>{t.interactions}</h2>
      <Shown resource={found} rows={8}>
        {({ interactions, next }) => (
          <>
            {next !== undefined && <p class="muted">{t.more}</p>}
            <DataTable<Interaction>
              label={t.interactions}
              prefix="i"
              fileName="interactions"
              columns={columns}
              rows={interactions}
              keyOf={({ interactionId }) => interactionId}
              empty={t.noInteractions}
            />
          </>
        )}
      </Shown>
      {watched.value !== undefined && (
        <WatchedChat
          id={watched.value}
          onClose={() => {
            watched.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function interactionColumns(onWatch: (id: string) => void): readonly Column<Interaction>[] {
  const t = supervisorTexts();
  return [
    {
      key: 'watch',
      title: t.watch,
      text: () => '',
      cell: ({ interactionId, media, state, agentId }) =>
        media === 'chat' &&
        state === 'active' && (
          <button
            type="button"
            class="plain supervisor-number"
            aria-label={`${t.watch}: ${t.watching(agentId ?? '')}`}
            onClick={() => onWatch(interactionId)}
          >
            {t.watch}
          </button>
        ),
      width: '7rem',
    },
    { key: 'interaction', title: t.interaction, text: ({ interactionId }) => interactionId, width: '14rem' },
    { key: 'medium', title: t.medium, text: ({ media }) => media, width: '8rem' },
    { key: 'state', title: t.state, text: ({ state }) => state, width: '8rem' },
    { key: 'agent', title: t.agent, text: ({ agentId }) => agentId ?? '' },
  ];
}
