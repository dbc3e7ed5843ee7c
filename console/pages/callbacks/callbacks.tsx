import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { CountFilter } from '../../parts/countFilter.tsx';
import { SelectField, TextField } from '../../parts/form.tsx';
import { Shown } from '../../parts/states.tsx';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { hrefOf, inAddress } from '../../shell/address.ts';
import { bookingTexts } from './bookingTexts.ts';
import { callbackColumns } from './callbackColumns.tsx';
import { type CallbackRecord, type CallbackState, callbackTexts, STATES } from './callbackTexts.ts';
import { cancelCallbacks } from './cancelCallbacks.ts';
import { CreateDialog } from './createDialog.tsx';
import { instantsOf, RANGES, rangeNamed, rangeTexts } from './dateRange.ts';
import { mayCreate, mayReschedule } from './mayBook.ts';
import { ReportDialog } from './reportDialog.tsx';
import { RescheduleDialog } from './rescheduleDialog.tsx';
import { useCallbackServices } from './services.ts';
import './callbacks.css';

const EVERY_MS = 5_000;
/** Callbacks of one service in the list. */
const MAX_OF_SERVICE = 2_000;
/** Callbacks that the server finds by one number (MAX_FOUND). */
const MAX_OF_NUMBER = 1_000;

interface Found {
  readonly callbacks: readonly CallbackRecord[];
  /** Says which callbacks the list leaves out; '': none. */
  readonly leftOut: string;
}

/** The callbacks of a time or of a number, with counts by state and service. */
export default function Callbacks(): JSX.Element {
  const t = callbackTexts();
  const filters = useMemo(
    () => ({
      state: inAddress('state'),
      service: inAddress('service'),
      number: inAddress('number'),
      range: inAddress('days'),
      from: inAddress('from'),
      to: inAddress('to'),
    }),
    [],
  );
  const [state, service, number] = [filters.state.value, filters.service.value, filters.number.value];
  const [range, from, to] = [rangeNamed(filters.range.value), filters.from.value, filters.to.value];
  const selected = useSignal<ReadonlySet<string>>(new Set());
  /** The open dialog; a callback: that of its new time. */
  const shown = useSignal<'none' | 'create' | 'report' | CallbackRecord>('none');
  const found = useResource(
    JSON.stringify([number, range, from, to]),
    (signal) =>
      number === ''
        ? inTime(instantsOf(range, { from, to, now: Date.now() }), signal)
        : ofNumber(number, signal),
    { everyMs: EVERY_MS },
  );
  const services = useCallbackServices();
  const closed = (isChanged: boolean): void => {
    shown.value = 'none';
    if (isChanged) found.reload();
  };
  const callbacks = found.data?.callbacks ?? [];
  const columns = useMemo(() => callbackColumns(callbacks), [t, callbacks]);
  const ofService = callbacks.filter(({ _service_name }) => service === '' || _service_name === service);
  const ofState = callbacks.filter(({ _callback_state }) => state === '' || _callback_state === state);
  const rows = ofService.filter(({ _callback_state }) => state === '' || _callback_state === state);
  const chosen = rows.filter(({ _id }) => selected.value.has(_id));
  const [movable] = chosen.length === 1 && chosen[0]?._callback_state === 'SCHEDULED' ? chosen : [];
  return (
    <>
      <div class="page-head">
        <h1>{t.title}</h1>
        <div class="buttons">
          <a class="button" href={hrefOf('callbacks/calendar', service === '' ? {} : { service })}>
            {t.calendar}
          </a>
          {mayCreate() && (
            <button
              type="button"
              class="primary"
              disabled={services.length === 0}
              onClick={() => {
                shown.value = 'create';
              }}
            >
              {bookingTexts().create}
            </button>
          )}
          {mayCall('POST /genesys/1/admin/callback/reportcancelled') && (
            <button
              type="button"
              onClick={() => {
                shown.value = 'report';
              }}
            >
              {t.report}
            </button>
          )}
        </div>
      </div>
      <StateFilter callbacks={ofService} chosen={state} onChoose={(value) => filters.state.set(value)} />
      <div class="callbacks-filters">
        <SelectField
          label={t.days}
          value={range}
          disabled={number !== ''}
          options={RANGES.map((value) => ({ value, text: rangeTexts()[value] }))}
          onValue={(value) => filters.range.set(value === 'today' ? '' : value)}
        />
        {range === 'custom' && (
          <>
            <TextField
              type="datetime-local"
              label={t.from}
              value={from}
              onValue={(value) => filters.from.set(value)}
            />
            <TextField
              type="datetime-local"
              label={t.to}
              value={to}
              onValue={(value) => filters.to.set(value)}
            />
          </>
        )}
        <SelectField
          label={t.service}
          value={service}
          options={serviceOptions(services, ofState, service)}
          onValue={(value) => filters.service.set(value)}
        />
        {mayCall('GET /genesys/1/service/callback') && (
          <TextField
            label={t.number}
            hint={t.numberHint}
            value={number}
            onValue={(value) => filters.number.set(value.trim())}
          />
        )}
      </div>
      <Shown resource={found} rows={16}>
        {({ leftOut }) => (
          <>
            {leftOut !== '' && <p class="muted">{leftOut}</p>}
            <DataTable<CallbackRecord>
              label={t.title}
              fileName="callbacks"
              columns={columns}
              rows={rows}
              keyOf={({ _id }) => _id}
              empty={t.empty}
              selection={{
                keys: selected.value,
                onChange: (keys) => {
                  selected.value = keys;
                },
              }}
              tools={
                <>
                  <BulkCancel
                    callbacks={chosen}
                    onDone={() => {
                      selected.value = new Set();
                      found.reload();
                    }}
                  />
                  {mayReschedule() && (
                    <button
                      type="button"
                      disabled={movable === undefined}
                      onClick={() => {
                        if (movable !== undefined) shown.value = movable;
                      }}
                    >
                      {bookingTexts().reschedule}
                    </button>
                  )}
                </>
              }
            />
          </>
        )}
      </Shown>
      {shown.value === 'report' && <ReportDialog onClose={() => closed(false)} />}
      {shown.value === 'create' && <CreateDialog services={services} service={service} onClose={closed} />}
      {typeof shown.value === 'object' && <RescheduleDialog callback={shown.value} onClose={closed} />}
    </>
  );
}

async function inTime(
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<Found> {
  const query = { start_time: from, end_time: to, max: String(MAX_OF_SERVICE) };
  const queues = await call('GET /genesys/1/admin/callback/queues', { query, signal });
  const cut = Object.keys(queues).filter((name) => queues[name]!.length === MAX_OF_SERVICE);
  return {
    callbacks: byTime(Object.values(queues).flat()),
    leftOut: cut.length === 0 ? '' : callbackTexts().more(cut.join(', '), MAX_OF_SERVICE),
  };
}

async function ofNumber(number: string, signal: AbortSignal): Promise<Found> {
  const query = { _customer_number: number };
  const callbacks = await call('GET /genesys/1/service/callback', { query, signal });
  const isCut = callbacks.length >= MAX_OF_NUMBER;
  return { callbacks: byTime(callbacks), leftOut: isCut ? callbackTexts().moreOfNumber(MAX_OF_NUMBER) : '' };
}

function byTime(callbacks: readonly CallbackRecord[]): readonly CallbackRecord[] {
  return callbacks.toSorted((a, b) => (a._desired_time < b._desired_time ? -1 : 1));
}

/** The services, each with its number of callbacks in the chosen state. */
function serviceOptions(
  services: readonly string[],
  callbacks: readonly CallbackRecord[],
  chosen: string,
): readonly { readonly value: string; readonly text: string }[] {
  const t = callbackTexts();
  const counts = new Map<string, number>(services.map((name) => [name, 0]));
  if (chosen !== '') counts.set(chosen, 0);
  for (const { _service_name: name } of callbacks) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [
    { value: '', text: `${t.allServices} (${callbacks.length})` },
    ...[...counts].map(([name, count]) => ({ value: name, text: `${name} (${count})` })),
  ];
}

/** A button for each state, with the number of its callbacks. */
function StateFilter({
  callbacks,
  chosen,
  onChoose,
}: {
  readonly callbacks: readonly CallbackRecord[];
  readonly chosen: string;
  readonly onChoose: (state: string) => void;
}): JSX.Element {
  const t = callbackTexts();
  const count = (state: CallbackState): number =>
    callbacks.filter(({ _callback_state }) => _callback_state === state).length;
  const values = [
    { value: '', text: t.all, count: callbacks.length },
    ...STATES.map((state) => ({ value: state, text: state, count: count(state) })),
  ];
  return <CountFilter label={t.state} values={values} chosen={chosen} onChoose={onChoose} />;
}

function BulkCancel({
  callbacks,
  onDone,
}: {
  readonly callbacks: readonly CallbackRecord[];
  readonly onDone: () => void;
}): JSX.Element | null {
  const t = callbackTexts();
  if (!mayCall('POST /genesys/1/admin/callback/cancel')) return null;
  const open = callbacks.filter(({ _callback_state }) => _callback_state !== 'COMPLETED');
  const cancel = async (): Promise<void> => {
    if (await cancelCallbacks(open.map(({ _id }) => _id))) onDone();
  };
  return (
    <button type="button" class="danger" disabled={open.length === 0} onClick={() => void cancel()}>
      {t.cancel(open.length)}
    </button>
  );
}
