import type { ReplyOf } from '../../api/operationTypes.ts';

/** The places of a chart: the drawing of a document in the format json. */
export type ChartLayout = Exclude<ReplyOf<'GET /genesys/1/admin/documents/:hash/drawing'>, string>;

export type ChartLabel = NonNullable<ChartLayout['states'][number]['label']>;

/** A line of a file of the document. */
export interface Place {
  /** URL. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A state or transition of a chart with its place. */
export interface ChartPart {
  /** The id of its group in the chart. */
  readonly group: string;
  readonly place: Place;
  readonly state?: string;
  readonly text: string;
}

export function keyOf({ file, line }: Place): string {
  return `${line} ${file}`;
}

/** The states and transitions in the order of the files. */
export function partsOf({ files, states, transitions }: ChartLayout): readonly ChartPart[] {
  const fileOf = (number: number): string => files[number] ?? '';
  const parts = [
    ...states.map(({ id, group, file, line }) => ({ group, file, line, state: id, text: id })),
    ...transitions
      // The ways from a bar to its targets have no name of their own.
      .filter(({ transition }, at) => transitions[at - 1]?.transition !== transition)
      .map(({ source, group, file, line, label }) => ({
        group,
        file,
        line,
        // The id of the <scxml> element is generated.
        text: [source.startsWith('#') ? 'scxml' : source, ...(label?.lines ?? [])].join(' '),
      })),
  ];
  return parts
    .sort((a, b) => a.file - b.file || a.line - b.line)
    .map(({ file, line, ...part }) => ({ ...part, place: { file: fileOf(file), line } }));
}
