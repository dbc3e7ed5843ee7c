import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { Line } from '../../parts/line.tsx';
import { Shown } from '../../parts/states.tsx';
import { hrefOf } from '../../shell/address.ts';
import { language } from '../../texts/language.ts';
import { readMetrics } from './exposition.ts';
import { FigureHistory, type Figures, READ_EVERY_MS } from './figures.ts';
import { healthTexts } from './healthTexts.ts';
import { Warnings } from './warnings.tsx';
import './health.css';

/** It outlives the page, so that the lines go on when the user comes back. */
const history = new FigureHistory();

/** The state and the work of the server, live. */
export default function Health(): JSX.Element {
  const t = healthTexts();
  const figures = useResource(
    'figures',
    async (signal) => {
      const text = String(await call('GET /metrics', { signal }));
      return history.add({ at: Date.now(), metrics: readMetrics(text) });
    },
    { everyMs: READ_EVERY_MS },
  );
  return (
    <>
      <h1>{t.title}</h1>
      <Probes />
      <Shown resource={figures} rows={24}>
        {(lately) => <Tiles lately={lately} />}
      </Shown>
      <p class="muted">{t.lines}</p>
      {mayCall('GET /genesys/1/admin/warnings') && <Warnings />}
    </>
  );
}

/** The server is live when it answers, and ready while load balancers may send it requests. */
function Probes(): JSX.Element {
  const t = healthTexts();
  const status = useResource(
    'probes',
    async (signal) => String(await call('GET /genesys/1/admin/node/status', { signal })),
    { everyMs: READ_EVERY_MS },
  );
  const isLive = status.error === undefined;
  const isReady = isLive && status.data === 'ONLINE';
  const rows = [
    [t.live, isLive],
    [t.ready, isReady],
  ] as const;
  return (
    <ul class="health-probes" aria-label={t.probes}>
      {rows.map(([title, holds]) => (
        <li key={title}>
          {title}{' '}
          {status.data === undefined && isLive ? (
            <span class="badge">{t.unknown}</span>
          ) : (
            <span class={`badge ${holds ? 'good' : 'bad'}`}>{holds ? t.yes : t.no}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

interface Shape {
  readonly title: string;
  readonly value: (figures: Figures) => number | undefined;
  readonly text: (value: number) => string;
  /** The page with the rows behind the figure, and its query. */
  readonly rows?: { readonly page: string; readonly query: Readonly<Record<string, string>> };
  /** Further figures of now, below the line. */
  readonly more?: (figures: Figures) => readonly (string | undefined)[];
}

function Tiles({ lately }: { readonly lately: readonly Figures[] }): JSX.Element {
  const t = healthTexts();
  const shapes = useMemo(() => shapesOf(), [t]);
  return (
    <div class="health-tiles">
      {shapes.map((shape) => (
        <Tile key={shape.title} shape={shape} lately={lately} />
      ))}
    </div>
  );
}

function Tile({
  shape: { title, value, text, rows, more },
  lately,
}: {
  readonly shape: Shape;
  readonly lately: readonly Figures[];
}): JSX.Element {
  const t = healthTexts();
  const values = lately.map(value);
  const known = values.filter((one) => one !== undefined);
  const show = (one: number | undefined): string => (one === undefined ? '–' : text(one));
  const now = values.at(-1);
  const label =
    known.length === 0
      ? `${title}: ${t.unknown}`
      : t.line(title, show(now), text(Math.min(...known)), text(Math.max(...known)));
  return (
    <section class="card health-tile" aria-label={title}>
      <h2>{title}</h2>
      <p class="health-figure">
        {rows === undefined ? show(now) : <a href={hrefOf(rows.page, rows.query)}>{show(now)}</a>}
      </p>
      <Line values={values} label={label} />
      {more?.(lately.at(-1)!).map(
        (line) =>
          line !== undefined && (
            <p key={line} class="muted">
              {line}
            </p>
          ),
      )}
    </section>
  );
}

function shapesOf(): readonly Shape[] {
  const t = healthTexts();
  return [
    {
      title: t.requests,
      value: ({ requests }) => requests,
      text: number,
      more: ({ failures }) => [failures === undefined ? undefined : t.failures(number(failures))],
    },
    { title: t.requestMs, value: ({ requestMs }) => requestMs, text: milliseconds },
    {
      title: t.steps,
      value: ({ steps }) => steps,
      text: number,
      more: ({ started }) => [started === undefined ? undefined : t.started(number(started))],
    },
    {
      title: t.sessions,
      value: ({ live }) => live,
      text: number,
      rows: { page: 'sessions', query: { status: 'running' } },
    },
    { title: t.commits, value: ({ commits }) => commits, text: number },
    { title: t.writeMs, value: ({ writeMs }) => writeMs, text: milliseconds },
    {
      title: t.journal,
      value: ({ journalBytes }) => journalBytes,
      text: megabytes,
      more: ({ treeBytes }) => [t.tree(megabytes(treeBytes))],
    },
    {
      title: t.timers,
      value: ({ timers }) => timers,
      text: number,
      more: ({ running, givenUp }) => [t.running(number(running)), t.givenUp(number(givenUp))],
    },
    {
      title: t.memory,
      value: ({ memoryBytes }) => memoryBytes,
      text: megabytes,
      more: ({ heapBytes }) => [t.heap(megabytes(heapBytes))],
    },
    { title: t.lag, value: ({ lagMs }) => lagMs, text: milliseconds },
    {
      title: t.children,
      value: ({ children }) => children,
      text: number,
      more: ({ childDeaths }) => [t.deaths(number(childDeaths))],
    },
  ];
}

function number(value: number): string {
  return new Intl.NumberFormat(language.value, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

function milliseconds(value: number): string {
  return `${number(value)} ms`;
}

function megabytes(bytes: number): string {
  return `${number(bytes / 1_048_576)} MB`;
}
