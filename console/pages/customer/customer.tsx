import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { standardFields } from '../../customer/index.ts';
import { CustomerView } from '../../customer/view/index.ts';
import '../../customer/view/view.css';
import { language, texts } from '../../texts/language.ts';
import { LogEntries } from './journalEntries.ts';
import { LogView } from './logView.tsx';
import { NewVisitor } from './newVisitor.tsx';
import { MAX_VISITORS, type Visitor, Visitors } from './visitors.ts';
import './customer.css';

const t = texts({
  en: {
    title: 'Customer',
    about:
      'Be a customer of this server: ask for a chat, wait for the agent, and talk. Below is each message.',
    remove: (user: string) => `Remove ${user}`,
    full: (most: number) => `At most ${most} customers at one time.`,
  },
  de: {
    title: 'Kunde',
    about:
      'Seien Sie ein Kunde dieses Servers: Chat anfragen, warten, schreiben. Unten steht jede Nachricht.',
    remove: (user: string) => `${user} entfernen`,
    full: (most: number) => `Höchstens ${most} Kunden zugleich.`,
  },
});

/** The page of a customer: chats through the APIs of customers, and a log of each message. */
export default function CustomerPage(): JSX.Element {
  const log = useMemo(() => new LogEntries(), []);
  const visitors = useMemo(() => new Visitors(log), [log]);
  useEffect(() => () => visitors.close(), [visitors]);
  const all = visitors.all.value;
  return (
    <>
      <h1>{t().title}</h1>
      <p class="muted">{t().about}</p>
      {all.length < MAX_VISITORS ? (
        <NewVisitor count={all.length} onAdd={(visit) => visitors.add(visit)} />
      ) : (
        <p>{t().full(MAX_VISITORS)}</p>
      )}
      <div class="customer-list">
        {all.map((visitor) => (
          <VisitorView key={visitor.visit.id} visitor={visitor} onRemove={() => visitors.remove(visitor)} />
        ))}
      </div>
      <LogView log={log} />
    </>
  );
}

function VisitorView({
  visitor,
  onRemove,
}: {
  readonly visitor: Visitor;
  readonly onRemove: () => void;
}): JSX.Element {
  const { visit, customer, state } = visitor;
  const { user, service, transport } = visit;
  return (
    <section class="customer-card" aria-label={user}>
      <header>
        <h2>{user}</h2>
        <span class="muted">
          {service.name}, {service.kind === 'callback' ? 'Chat V1' : 'Chat V2'}, {transport}
        </span>
        <button type="button" class="plain" aria-label={t().remove(user)} onClick={onRemove}>
          ×
        </button>
      </header>
      <CustomerView
        customer={customer}
        state={state.value}
        fields={standardFields(service.kind, language.value)}
        offersTimes={service.kind === 'callback'}
        language={language.value}
      />
    </section>
  );
}
