import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Customer, CustomerState } from '../customer.ts';
import type { FormField } from '../formField.ts';
import { type CustomerTexts, customerTexts, type Language } from '../texts.ts';
import { ChatView } from './chatView.tsx';
import { FormView } from './formView.tsx';
import { WaitView } from './waitView.tsx';

export interface CustomerViewProps {
  readonly customer: Customer;
  readonly state: CustomerState;
  readonly fields: readonly FormField[];
  readonly offersTimes: boolean;
  readonly language: Language;
}

/** Everything that a customer sees, from the form to the end of the chat. */
export function CustomerView(props: CustomerViewProps): JSX.Element {
  const { state, language } = props;
  const texts = customerTexts(language);
  const root = useRef<HTMLDivElement>(null);
  useFocusOf(state.phase, root);
  return (
    <div class="oc" lang={language} ref={root} tabIndex={-1}>
      <Connection isReached={state.isReached} texts={texts} />
      <PhaseView {...props} texts={texts} />
    </div>
  );
}

function PhaseView({
  customer,
  state,
  fields,
  offersTimes,
  language,
  texts,
}: CustomerViewProps & { readonly texts: CustomerTexts }): JSX.Element {
  const { refusal, wait, chat, reason } = state;
  if (chat !== undefined) {
    return <ChatView customer={customer} state={state} chat={chat} texts={texts} language={language} />;
  }
  if (reason !== undefined) {
    return (
      <div class="oc-wait">
        <p role="status">{texts.reasons[reason] ?? `${texts.over} (${reason})`}</p>
        <div class="oc-buttons">
          <button type="button" class="oc-primary" onClick={() => customer.reset()}>
            {texts.again}
          </button>
        </div>
      </div>
    );
  }
  if (wait !== undefined) {
    return <WaitView customer={customer} wait={wait} refusal={refusal} texts={texts} language={language} />;
  }
  if (state.phase === 'starting') {
    return (
      <p class="oc-wait" role="status">
        {texts.starting}
      </p>
    );
  }
  return (
    <FormView
      customer={customer}
      fields={fields}
      filled={state.filled}
      offersTimes={offersTimes}
      refusal={refusal}
      texts={texts}
      language={language}
    />
  );
}

/** Says in place that the server does not answer, and that it answers again. */
function Connection({
  isReached,
  texts,
}: {
  readonly isReached: boolean;
  readonly texts: CustomerTexts;
}): JSX.Element {
  const [wasLost, setLost] = useState(false);
  useEffect(() => {
    if (!isReached) setLost(true);
    if (!isReached || !wasLost) return;
    const timer = setTimeout(() => setLost(false), 3_000);
    return () => clearTimeout(timer);
  }, [isReached, wasLost]);
  return (
    <p class={isReached ? 'oc-connection' : 'oc-connection oc-lost'} role="status">
      {!isReached && texts.offline}
      {isReached && wasLost && texts.online}
    </p>
  );
}

/** The focus goes on with the phase, if it was in the view: its control may be gone. */
function useFocusOf(phase: string, root: { readonly current: HTMLDivElement | null }): void {
  const before = useRef(phase);
  useEffect(() => {
    if (before.current === phase) return;
    before.current = phase;
    const view = root.current;
    const focused = (view?.getRootNode() as Document | ShadowRoot | undefined)?.activeElement ?? null;
    const isElsewhere = focused !== null && focused !== document.body && view?.contains(focused) !== true;
    if (view === null || isElsewhere) return;
    (view.querySelector<HTMLElement>('textarea, input, .oc-choices button') ?? view).focus();
  }, [phase, root]);
}
