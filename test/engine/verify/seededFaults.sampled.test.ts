import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { loadDocument } from '../../../engine/interpreter/index.ts';
import { playScenario, readScenario, writeScenario } from '../../../engine/scenario/index.ts';
import {
  type Bounds,
  type Finding,
  NO_SURROUNDINGS,
  readSurroundings,
  type Surroundings,
  type VerifyReport,
  verifyDocument,
} from '../../../engine/verify/index.ts';
import { runsOf } from '../../support/runLength.ts';
import { SEEDED_FAULTS, type SeededFault } from './seededFaults.ts';

const SCXML = new URL('../../../scxml/', import.meta.url);
const CALLBACK = 'callback/src/';
/** The faults at the beginning of the table are in small documents. */
const SMALL = 14;
const MAX_MOVES = 6;
/** Found only by a customer who waits: the end of the chat still leaves the state. */
const MISSED = ['a reply that is compared with another request'];

const BOUNDS: Partial<Bounds> = { MAX_DEPTH: MAX_MOVES, MAX_TIME_MS: 300_000 };

/** The surroundings of a document, from the files beside it. */
async function surroundingsOf(document: string): Promise<readonly Surroundings[]> {
  const urls = ['.verify.yaml', '.reports.verify.yaml']
    .map((end) => new URL(document.replace('.scxml', end), SCXML))
    .filter((url) => existsSync(url));
  if (urls.length === 0) return [NO_SURROUNDINGS];
  return Promise.all(urls.map(async (url) => readSurroundings(await readFile(url, 'utf8'), url.href)));
}

/** Reads the sources of a document, with the fault in one of them. */
function textWith(fault: SeededFault | undefined): (url: URL) => Promise<string> {
  return async (url) => {
    const text = await readFile(url, 'utf8');
    if (fault === undefined || url.href !== new URL(fault.file, SCXML).href) return text;
    expect(text.split(fault.from)).to.have.length(2, fault.name);
    return text.replace(fault.from, () => fault.to);
  };
}

/** Verifies a document until something is found. */
async function verify(document: string, bounds: Partial<Bounds>, fault?: SeededFault): Promise<VerifyReport> {
  const loaded = await loadDocument(new URL(document, SCXML), { fetchText: textWith(fault) });
  let report: VerifyReport | undefined;
  for (const surroundings of await surroundingsOf(document)) {
    report = await verifyDocument(loaded, {
      surroundings,
      bounds,
      elapsed: () => performance.now(),
    });
    if (report.findings.length > 0) break;
  }
  return report!;
}

/** Plays the scenario of a finding. Returns the message of its failure. */
async function replayed(
  document: string,
  { scenario }: Finding,
  fault: SeededFault | undefined,
): Promise<string | undefined> {
  const text = writeScenario({ ...scenario, document: new URL(document, SCXML).href });
  const file = readScenario(text, new URL('found.scenario.yaml', SCXML).href);
  const { failure } = await playScenario(file, { fetchText: textWith(fault) });
  return failure?.message;
}

describe('the verification of the shipped documents', function () {
  this.timeout(600_000);
  /** The small ones first. */
  const small = ['hello/hello.scxml', '../examples/order.scxml', `${CALLBACK}inbound_chat.scxml`];
  const installed = readdirSync(SCXML, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.scxml'),
  );
  const documents = [...new Set([...small, ...installed.sort()])];

  for (const document of documents.slice(0, runsOf({ sample: small.length, all: documents.length }))) {
    it(`finds nothing in ${document}`, async () => {
      const { findings, unconfirmed, stoppedBy } = await verify(document, BOUNDS);
      expect([findings, unconfirmed]).to.deep.equal([[], 0]);
      expect(stoppedBy).to.be.oneOf([undefined, 'MAX_DEPTH']);
    });
  }

  for (const fault of SEEDED_FAULTS.slice(0, runsOf({ sample: SMALL, all: SEEDED_FAULTS.length }))) {
    const isMissed = MISSED.includes(fault.name);
    it(`${isMissed ? 'misses' : 'finds'} ${fault.name} in ${fault.file}`, async () => {
      const { findings, unconfirmed } = await verify(fault.document, { ...BOUNDS, MAX_FINDINGS: 1 }, fault);
      expect([findings.length > 0, unconfirmed]).to.deep.equal([!isMissed, 0]);
      for (const finding of findings) {
        expect(finding.moves.length).to.be.at.most(MAX_MOVES);
        expect(await replayed(fault.document, finding, fault), 'with the fault').not.to.equal(undefined);
        expect(await replayed(fault.document, finding, undefined), 'without it').to.equal(undefined);
      }
    });
  }
});
