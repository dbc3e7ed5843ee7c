import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useResource } from '../../api/resource.ts';
import { Shown } from '../../parts/states.tsx';
import type { Column } from '../../parts/table/column.ts';
import { DataTable } from '../../parts/table/dataTable.tsx';
import { Time } from '../../parts/time.tsx';
import { hrefOf } from '../../shell/address.ts';
import { templatesTexts } from './templatesTexts.ts';
import { Upload } from './upload.tsx';
import './templates.css';

type Template = ReplyOf<'GET /genesys/1/admin/templates'>[number];

const EVERY_MS = 10_000;

/** The templates, and the upload of one. */
export default function Templates(): JSX.Element {
  const t = templatesTexts();
  const isUpload = useSignal(false);
  const templates = useResource('', (signal) => call('GET /genesys/1/admin/templates', { signal }), {
    everyMs: EVERY_MS,
  });
  const columns = useMemo(columnsOf, [t]);
  return (
    <>
      <h1>{t.title}</h1>
      <Shown resource={templates} rows={8}>
        {(data) => (
          <DataTable<Template>
            label={t.title}
            fileName="templates"
            columns={columns}
            rows={data}
            keyOf={({ name }) => name}
            empty={t.empty}
            tools={
              mayCall('PUT /genesys/1/admin/templates/:name') && (
                <button
                  type="button"
                  class="primary"
                  onClick={() => {
                    isUpload.value = true;
                  }}
                >
                  {t.upload}
                </button>
              )
            }
          />
        )}
      </Shown>
      {isUpload.value && (
        <Upload
          onClose={() => {
            isUpload.value = false;
          }}
        />
      )}
    </>
  );
}

function columnsOf(): readonly Column<Template>[] {
  const t = templatesTexts();
  return [
    {
      key: 'name',
      title: t.name,
      text: ({ name }) => name,
      cell: ({ name }) => <a href={hrefOf(`templates/${encodeURIComponent(name)}`)}>{name}</a>,
    },
    {
      key: 'origin',
      title: t.origin,
      width: '9rem',
      text: ({ origin }) => t[origin],
      cell: ({ origin }) => <span class="badge">{t[origin]}</span>,
    },
    { key: 'version', title: t.version, width: '12rem', text: ({ version }) => version ?? '' },
    {
      key: 'uploadedAt',
      title: t.uploadedAt,
      width: '13rem',
      text: ({ uploadedAt }) => uploadedAt ?? '',
      cell: ({ uploadedAt }) => uploadedAt !== undefined && <Time at={uploadedAt} />,
    },
    {
      key: 'files',
      title: t.files,
      width: '6rem',
      isNumber: true,
      text: ({ files }) => String(files.length),
      sort: ({ files }) => files.length,
    },
  ];
}
