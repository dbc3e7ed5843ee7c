import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { SelectField, TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import { texts } from '../../texts/language.ts';
import { Stage } from '../session/stage.tsx';
import { StepSlider } from '../session/stepSlider.tsx';
import { TimeLine } from '../session/timeLine.tsx';
import { MAX_FILE_BYTES, readTraceFile, type TracedSession } from './traceFile.ts';

const t = texts({
  en: {
    title: 'Trace files',
    text: 'Opens a file that a server has exported (GET …/sessions/:sid/trace, or orsay sessions trace). The server gets only the texts of its document, to draw the chart.',
    file: 'Trace file',
    session: 'Session',
    tooLarge: (most: number, got: number) => `Expected at most ${most} bytes, got ${got}.`,
  },
  de: {
    title: 'Dateien mit Spuren',
    text: 'Öffnet eine Datei, die ein Server ausgegeben hat (GET …/sessions/:sid/trace oder orsay sessions trace). Der Server bekommt nur die Texte ihres Dokuments und zeichnet das Diagramm.',
    file: 'Datei mit einer Spur',
    session: 'Session',
    tooLarge: (most: number, got: number) => `Erwartet werden höchstens ${most} Bytes, es sind ${got}.`,
  },
});

/** `traces`: opens an exported trace, whose session this server need not have. */
export default function Traces(): JSX.Element {
  const action = useAction();
  const sessions = useSignal<readonly TracedSession[]>([]);
  const chosen = useSignal('');
  const open = (file: File | undefined): void => {
    if (file === undefined) return;
    void action.run(async () => {
      sessions.value = [];
      if (file.size > MAX_FILE_BYTES) throw new Error(t().tooLarge(MAX_FILE_BYTES, file.size));
      sessions.value = readTraceFile(await file.text());
      chosen.value = sessions.value[0]?.id ?? '';
    });
  };
  const shown = sessions.value.find(({ id }) => id === chosen.value);
  return (
    <div class="session">
      <h1>{t().title}</h1>
      <p class="muted">{t().text}</p>
      <TextField
        label={t().file}
        type="file"
        accept=".ndjson,.jsonl,.trace,.txt"
        onChange={(event) => open(event.currentTarget.files?.[0])}
      />
      {action.error !== undefined && <Failed error={action.error} />}
      {sessions.value.length > 1 && (
        <SelectField
          label={t().session}
          value={chosen.value}
          options={sessions.value.map(({ id }) => ({ value: id, text: id }))}
          onValue={(id) => {
            chosen.value = id;
          }}
        />
      )}
      {shown !== undefined && <Traced key={shown.id} session={shown} />}
    </div>
  );
}

function Traced({
  session: { id, document, steps: given },
}: {
  readonly session: TracedSession;
}): JSX.Element {
  const hash = document?.hash ?? '';
  const layout = useResource(hash, async (signal) => {
    const { dialect, sources } = document ?? { dialect: 'ors', sources: [] };
    return call('POST /genesys/1/admin/drawing', { json: { dialect, sources }, signal });
  });
  const first = given[0]?.number ?? 1;
  // A file that somebody edited may have gaps.
  const steps = useMemo(() => given.map(({ step }, at) => ({ number: first + at, step })), [given]);
  const position = useSignal(first);
  const chosen = steps[position.value - first];
  const go = (step: number): void => {
    position.value = step;
  };
  const scene = { active: chosen?.step.configuration ?? [], numbered: chosen };
  return (
    <>
      {steps.length > 0 && <StepSlider steps={steps} at={position.value} onGo={go} />}
      <Stage layout={layout} source={document} scene={scene}>
        <TimeLine steps={steps} chosen={chosen} sid={id} onChoose={({ number }) => go(number)} />
      </Stage>
    </>
  );
}
