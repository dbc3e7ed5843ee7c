import { expect } from 'chai';
import { HeavyUploads, repeat } from '../support/heavyUploads.ts';
import { orsDocument } from '../support/writeDocuments.ts';

/** Documents that held the server for seconds, or grow faster than their size in some pass. */
const DOCUMENTS: { readonly [name: string]: () => string } = {
  'with 40,000 transitions behind one that leaves first'() {
    const inner = '<state><transition event="e" target="q"/></state>'.repeat(20_000);
    const before = repeat(20_000, (n) => `<transition event="x${n}" target="q"/>`);
    return orsDocument(`<state id="q">${before}<transition target="q"/>${inner}</state>`);
  },
  'with event names of 80,000 segments'() {
    const name = 'e.'.repeat(80_000);
    return orsDocument(`<state id="q"><transition event="${name}x"/><transition event="${name}y"/></state>`);
  },
  'with 990 levels of namespaces'() {
    const open = repeat(990, (n) => `<state xmlns:a${n}="u${n}">`);
    return orsDocument(`${open}${'<a1:b/>'.repeat(50_000)}${'</state>'.repeat(990)}`);
  },
  'with a script of 4 MB'() {
    return orsDocument(
      `<state id="s"><onentry><script>${'x = 1; '.repeat(600_000)}</script></onentry></state>`,
    );
  },
  'with a condition of 1 MB'() {
    return orsDocument(`<state id="s"><transition cond="${'1+'.repeat(500_000)}1"/></state>`);
  },
};

/** Documents that load when the deadline of a step is long, with much to keep in the server. */
const LOADED: { readonly [name: string]: () => string } = {
  'with 24,900 states'() {
    return orsDocument(repeat(24_900, (n) => `<state id="s${n}"/>`));
  },
  'with 90,000 transitions'() {
    return orsDocument(
      `<state id="q">${repeat(90_000, (n) => `<transition event="x${n}" target="q"/>`)}</state>`,
    );
  },
};

const CODES: readonly (string | number)[] = [200, 'DOCUMENT_TOO_COSTLY', 'TEMPLATE_REFUSED', 'SESSION_ENDED'];

describe('Documents that are very slow to parse make nobody else wait', () => {
  let uploads: HeavyUploads;

  before(() => {
    uploads = new HeavyUploads();
  });

  after(() => uploads.server.orsay.close());

  for (const [name, make] of Object.entries(DOCUMENTS)) {
    it(name, async () => {
      for (const code of await uploads.document(make())) expect(code).to.be.oneOf(CODES);
    });
  }

  describe('where a step may take long', () => {
    let patient: HeavyUploads;

    before(() => {
      patient = new HeavyUploads({ deadlineMs: 2_000 });
    });

    after(() => patient.server.orsay.close());

    for (const [name, make] of Object.entries(LOADED)) {
      it(name, async () => {
        expect(await patient.document(make())).to.deep.equal([200, 200]);
      });
    }

    it('with 100,000 states, which are refused', async () => {
      const document = orsDocument(repeat(100_000, (n) => `<state id="s${n}"/>`));
      expect(await patient.document(document)).to.deep.equal(['DOCUMENT_INVALID', 'TEMPLATE_REFUSED']);
    });
  });

  it('in a template of 1,999 documents', async () => {
    const document = Buffer.from(orsDocument('<state id="s"/>'));
    const files = Array.from({ length: 1_999 }, (_, n) => [`d/${n}.scxml`, document] as const);
    expect(await uploads.template(Object.fromEntries(files))).to.be.oneOf(CODES);
  });

  it('in a template of 48 MB', async () => {
    const file = Buffer.alloc(16_000_000);
    let random = 1;
    for (let at = 0; at < file.length; at++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      file[at] = 48 + (random >>> 28);
    }
    const files = ['a', 'b', 'c'].map((name) => [`${name}.js`, file] as const);
    const main = Buffer.from(orsDocument('<state id="s"/>'));
    expect(await uploads.template({ ...Object.fromEntries(files), 'main.scxml': main })).to.equal(200);
  });
});
