import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useResource } from '../../api/resource.ts';
import type { Settings, Transport } from '../../customer/index.ts';
import { SelectField, TextField } from '../../parts/form.tsx';
import { texts } from '../../texts/language.ts';
import type { Visit } from './visitors.ts';

const t = texts({
  en: {
    service: 'Service',
    serviceHint: 'A callback service (Chat V1) or a chat service (Chat V2).',
    api: 'API',
    transport: 'Transport',
    polling: 'polling over HTTP',
    user: 'Name (gms_user)',
    add: 'Add customer',
  },
  de: {
    service: 'Service',
    serviceHint: 'Ein Callback-Service (Chat V1) oder ein Chat-Service (Chat V2).',
    api: 'API',
    transport: 'Transport',
    polling: 'Abfragen über HTTP',
    user: 'Name (gms_user)',
    add: 'Kunde hinzufügen',
  },
});

const SERVICES = 'GET /genesys/1/admin/services';
/** The services of a new installation, for users who may not see the list. */
const USUAL: readonly Settings['service'][] = [
  { kind: 'callback', name: 'chat-delay' },
  { kind: 'callback', name: 'chat-immediate' },
  { kind: 'chat', name: 'customer-support' },
];

/** The form for another customer. `count`: customers of the page. */
export function NewVisitor({
  count,
  onAdd,
}: {
  readonly count: number;
  readonly onAdd: (visit: Omit<Visit, 'id'>) => void;
}): JSX.Element {
  const list = useId();
  const services = useServices();
  const name = useSignal('chat-delay');
  const kind = useSignal<Settings['service']['kind']>('callback');
  const transport = useSignal<Transport>('websocket');
  const user = useSignal('');
  const proposed = `customer-${count + 1}`;
  const chooseName = (value: string): void => {
    name.value = value;
    const known = services.find((service) => service.name === value);
    if (known !== undefined) kind.value = known.kind;
  };
  return (
    <form
      class="customer-new"
      onSubmit={(event) => {
        event.preventDefault();
        const service = { kind: kind.value, name: name.value };
        onAdd({ user: user.value.trim() || proposed, service, transport: transport.value });
        user.value = '';
      }}
    >
      <TextField
        label={t().service}
        hint={t().serviceHint}
        list={list}
        required
        value={name.value}
        onValue={chooseName}
      />
      <datalist id={list}>
        {services.map((service) => (
          <option key={service.name} value={service.name} />
        ))}
      </datalist>
      <SelectField
        label={t().api}
        value={kind.value}
        options={[
          { value: 'callback', text: 'Chat V1' },
          { value: 'chat', text: 'Chat V2' },
        ]}
        onValue={(value) => {
          kind.value = value === 'chat' ? 'chat' : 'callback';
        }}
      />
      <SelectField
        label={t().transport}
        value={transport.value}
        options={[
          { value: 'websocket', text: 'CometD, WebSocket' },
          { value: 'long-polling', text: 'CometD, long-polling' },
          { value: 'polling', text: t().polling },
        ]}
        onValue={(value) => {
          transport.value = value as Transport;
        }}
      />
      <TextField
        label={t().user}
        placeholder={proposed}
        maxLength={64}
        value={user.value}
        onValue={(value) => {
          user.value = value;
        }}
      />
      <button type="submit" class="primary">
        {t().add}
      </button>
    </form>
  );
}

/** The services for chats that the user may see. */
function useServices(): readonly Settings['service'][] {
  const isAllowed = mayCall(SERVICES);
  const { data } = useResource(isAllowed ? 'services' : 'usual', async (signal) =>
    isAllowed ? servicesIn(await call(SERVICES, { signal })) : USUAL,
  );
  return data ?? USUAL;
}

function servicesIn(reply: ReplyOf<typeof SERVICES>): readonly Settings['service'][] {
  return Object.entries(reply).flatMap(([name, options]): Settings['service'][] => {
    if (options._type === 'chat') return [{ kind: 'chat', name }];
    return options._media_type === 'chat' ? [{ kind: 'callback', name }] : [];
  });
}
