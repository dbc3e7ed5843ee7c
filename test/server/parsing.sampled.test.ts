import { expect } from 'chai';
import { HeavyUploads, repeat } from '../support/heavyUploads.ts';
import { runsOf } from '../support/runLength.ts';
import { orsDocument } from '../support/writeDocuments.ts';

describe('Documents that are slow to parse make nobody else wait', () => {
  let uploads: HeavyUploads;

  before(() => {
    // Other tests may keep the processors busy; the deadline is not what is tested.
    uploads = new HeavyUploads({ deadlineMs: 2_000 });
  });

  after(() => uploads.server.orsay.close());

  const attributeCount = runsOf({ sample: 20_000, all: 85_000 });

  it(`with ${attributeCount} attributes`, async () => {
    const attributes = repeat(attributeCount, (n) => `a${n}=""`, ' ');
    const text = orsDocument(`<state id="s" ${attributes}/>`);
    expect(await uploads.document(text)).to.deep.equal([200, 200]);
  });

  it('with 500,000 faults', async () => {
    const codes = await uploads.document(orsDocument('<'.repeat(500_000)));
    expect(codes).to.deep.equal(['DOCUMENT_INVALID', 'TEMPLATE_REFUSED']);
  });

  it('with 200,000 entities', async () => {
    const text = orsDocument(
      `<state id="s"><onentry><log expr="'${'&amp;'.repeat(200_000)}'"/></onentry></state>`,
    );
    expect(await uploads.document(text)).to.deep.equal([200, 200]);
  });

  const count = runsOf({ sample: 400, all: 2_000 });

  it(`in a template of ${count} files in deep folders`, async () => {
    const folder = 'a/'.repeat(145);
    const files = Array.from({ length: count - 1 }, (_, n) => [`${folder}${n}.js`, Buffer.from('')] as const);
    const main = Buffer.from(orsDocument('<state id="s"/>'));
    expect(await uploads.template({ ...Object.fromEntries(files), 'main.scxml': main })).to.equal(200);
  });
});
