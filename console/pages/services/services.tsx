import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { Shown } from '../../parts/states.tsx';
import type { Column } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { hrefOf } from '../../shell/address.ts';
import { NewService } from './newService.tsx';
import { kindOf, kindRank, kindText, type Options } from './serviceKinds.ts';
import { servicesTexts } from './servicesTexts.ts';
import './services.css';

interface Row {
  readonly name: string;
  readonly options: Options;
}

const EVERY_MS = 10_000;

/** The services of the configuration, by kind. */
export default function Services(): JSX.Element {
  const t = servicesTexts();
  const isNew = useSignal(false);
  const services = useResource('', (signal) => call('GET /genesys/1/admin/services', { signal }), {
    everyMs: EVERY_MS,
  });
  const columns = useMemo(columnsOf, [t]);
  return (
    <>
      <h1>{t.title}</h1>
      <Shown resource={services} rows={10}>
        {(data) => (
          <DataTable<Row>
            label={t.title}
            fileName="services"
            columns={columns}
            rows={rowsOf(data)}
            keyOf={({ name }) => name}
            empty={t.empty}
            tools={
              mayCall('PUT /genesys/1/admin/services/:name') && (
                <button
                  type="button"
                  class="primary"
                  onClick={() => {
                    isNew.value = true;
                  }}
                >
                  {t.add}
                </button>
              )
            }
          />
        )}
      </Shown>
      {isNew.value && (
        <NewService
          onClose={() => {
            isNew.value = false;
          }}
        />
      )}
    </>
  );
}

function rowsOf(services: Readonly<Record<string, Options>>): readonly Row[] {
  const rankOf = ({ options }: Row): number => kindRank(kindOf(options));
  return Object.entries(services)
    .map(([name, options]) => ({ name, options }))
    .sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

function columnsOf(): readonly Column<Row>[] {
  const t = servicesTexts();
  return [
    {
      key: 'name',
      title: t.name,
      text: ({ name }) => name,
      cell: ({ name }) => <a href={hrefOf(`services/${encodeURIComponent(name)}`)}>{name}</a>,
    },
    {
      key: 'kind',
      title: t.kind,
      width: '9rem',
      text: ({ options }) => kindText(kindOf(options)),
      sort: ({ options }) => kindRank(kindOf(options)),
      cell: ({ options }) => <span class="badge">{kindText(kindOf(options))}</span>,
    },
    { key: 'servedBy', title: t.servedBy, text: ({ options }) => options._service ?? '' },
    { key: 'medium', title: t.medium, width: '6rem', text: ({ options }) => mediumOf(options) },
    {
      key: 'target',
      title: t.target,
      text: ({ options }) => options._target ?? options.queue ?? options._chat_endpoint ?? '',
    },
    {
      key: 'set',
      title: t.set,
      width: '8rem',
      isNumber: true,
      text: ({ options }) => String(countOf(options)),
      sort: ({ options }) => countOf(options),
    },
  ];
}

function mediumOf({ _media_type, media_type, _type = '' }: Options): string {
  return _media_type ?? media_type ?? (_type === 'chat' || _type === 'email' ? _type : '');
}

function countOf(options: Options): number {
  return Object.values(options).filter((value) => value !== '').length;
}
