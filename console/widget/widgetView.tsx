import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Customer, type CustomerState, customerTexts } from '../customer/index.ts';
import { CustomerView } from '../customer/view/index.ts';
import type { WidgetOptions } from './options.ts';

/** The button of the widget, and its window. */
export function WidgetView({
  options,
  storage,
}: {
  readonly options: WidgetOptions;
  readonly storage: Storage | undefined;
}): JSX.Element {
  const { language, fields, offersTimes, label } = options;
  const texts = customerTexts(language);
  const [customer, state] = useCustomer(options, storage);
  // A chat that goes on after a reload is shown at once.
  const [isOpen, setOpen] = useState(state.phase !== 'form');
  const unread = useUnread(state, isOpen);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLElement>(null);
  const toggle = (): void => {
    setOpen(!isOpen);
    if (isOpen) button.current?.focus();
  };
  useEffect(() => {
    if (isOpen) panel.current?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [isOpen]);
  return (
    <div class="ow">
      {isOpen && (
        <section
          class="ow-panel"
          id="panel"
          aria-label={label || texts.open}
          ref={panel}
          onKeyDown={(event) => {
            if (event.key === 'Escape') toggle();
          }}
        >
          <header>
            <h2>{label || texts.open}</h2>
            <button type="button" aria-label={texts.close} onClick={toggle}>
              ×
            </button>
          </header>
          <CustomerView
            customer={customer}
            state={state}
            fields={fields}
            offersTimes={offersTimes}
            language={language}
          />
        </section>
      )}
      <button type="button" class="ow-button" aria-expanded={isOpen} ref={button} onClick={toggle}>
        {label || texts.open}
        {unread > 0 && <span class="ow-unread">{texts.unread(unread)}</span>}
      </button>
      <span class="ow-news" role="status">
        {!isOpen && unread > 0 && texts.unread(unread)}
      </span>
    </div>
  );
}

/** The customer of this page and its present state. */
function useCustomer(options: WidgetOptions, storage: Storage | undefined): [Customer, CustomerState] {
  const told = useRef<() => void>(() => {});
  const [customer] = useState(() => {
    const { settings } = options;
    const name = `orsay.chat ${settings.base} ${settings.service.kind} ${settings.service.name}`;
    return new Customer({ settings, name, changed: () => told.current(), ...(storage && { storage }) });
  });
  const [state, setState] = useState(customer.state);
  useEffect(() => {
    told.current = () => setState(customer.state);
    customer.resume();
    setState(customer.state);
    return () => customer.close();
  }, [customer]);
  return [customer, state];
}

/** The lines of others since the window was closed. */
function useUnread({ chat }: CustomerState, isOpen: boolean): number {
  const count = chat?.lines.filter(({ party }) => party !== 'customer').length ?? 0;
  const [seen, setSeen] = useState(count);
  useEffect(() => {
    if (isOpen || count < seen) setSeen(count);
  }, [isOpen, count, seen]);
  return Math.max(0, count - seen);
}
