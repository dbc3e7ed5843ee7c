import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { openFileBlobs } from '../../../../engine/durable/files/fileBlobs.ts';

const BYTES = Uint8Array.from({ length: 300 }, (_, index) => index);
/** A name of a release without checksums. */
const OLD_NAME = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('Blobs as files', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-blobs-'));
    path = join(folder, 'blobs');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function bytesOf(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
    return new Uint8Array(await buffer(stream));
  }

  /** The code of the error of a read, or the bytes. */
  async function readOr(name: string, blobs = openFileBlobs({ path })): Promise<unknown> {
    try {
      return await blobs.read(name);
    } catch (error) {
      expect((error as Error).message).to.include(name);
      return (error as { readonly code: string }).code;
    }
  }

  it('are read as they were written, and refused after every flipped bit and every cut', async () => {
    const blobs = openFileBlobs({ path });
    const name = await blobs.write(BYTES);
    expect(new Uint8Array((await blobs.read(name))!)).to.deep.equal(BYTES);
    const file = join(path, name);
    for (let bit = 0; bit < 8 * BYTES.length; bit++) {
      const changed = Buffer.from(BYTES);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(file, changed);
      expect(await readOr(name, blobs), `bit ${bit}`).to.equal('STORE_DAMAGED');
    }
    for (const length of [0, 1, BYTES.length - 1]) {
      writeFileSync(file, BYTES.subarray(0, length));
      expect(await readOr(name, blobs)).to.equal('STORE_DAMAGED');
    }
  });

  it('arrive piece by piece, are checked piece by piece, and exist only when they are finished', async () => {
    const blobs = openFileBlobs({ path });
    const draft = await blobs.begin();
    for (let at = 0; at < BYTES.length; at += 7) await draft.write(BYTES.subarray(at, at + 7));
    expect(draft.size).to.equal(BYTES.length);
    const [unfinished] = readdirSync(path);
    expect(unfinished).to.match(/\.part$/);
    expect(await blobs.open(unfinished!)).to.equal(undefined);
    const name = await draft.finish();
    await draft.discard();
    expect(readdirSync(path)).to.deep.equal([name]);
    expect(new Uint8Array((await blobs.read(name))!)).to.deep.equal(BYTES);

    const opened = (await blobs.open(name))!;
    await blobs.remove(name);
    expect(opened.size).to.equal(BYTES.length);
    expect(await bytesOf(opened.stream), 'read after the removal').to.deep.equal(BYTES);
  });

  it('are refused before their first byte leaves when they were damaged', async () => {
    const blobs = openFileBlobs({ path });
    const name = await blobs.write(new Uint8Array(1_000_000).fill(7));
    const changed = readFileSync(join(path, name));
    changed[999_999]! ^= 1;
    writeFileSync(join(path, name), changed);
    const error = await blobs.open(name).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.have.property('code', 'STORE_DAMAGED');
  });

  it('leave nothing when they are discarded, or when a crash left them incomplete', async () => {
    const blobs = openFileBlobs({ path });
    const draft = await blobs.begin();
    await draft.write(BYTES);
    await draft.discard();
    expect(readdirSync(path)).to.deep.equal([]);
    await (await blobs.begin()).write(BYTES);
    const kept = await blobs.write(BYTES);
    expect(await openFileBlobs({ path }).removeUnfinished()).to.equal(1);
    expect(readdirSync(path)).to.deep.equal([kept]);
  });

  it('of an earlier release get a checksum at the first start', async () => {
    openFileBlobs({ path });
    writeFileSync(join(path, OLD_NAME), BYTES);
    const blobs = openFileBlobs({ path });
    expect(new Uint8Array((await blobs.read(OLD_NAME))!)).to.deep.equal(BYTES);
    expect((await blobs.list()).map(({ name }) => name)).to.deep.equal([OLD_NAME]);
    writeFileSync(join(path, OLD_NAME), BYTES.subarray(1));
    expect(await readOr(OLD_NAME)).to.equal('STORE_DAMAGED');
    expect(JSON.parse(readFileSync(join(path, 'checksums.json'), 'utf8'))).to.have.keys(OLD_NAME);
  });

  it('stay while a backup holds them', async () => {
    const blobs = openFileBlobs({ path });
    const names = [await blobs.write(BYTES), await blobs.write(BYTES)];
    const [first, second] = [blobs.hold(), blobs.hold()];
    await blobs.remove(names[0]!);
    await first();
    expect(readdirSync(path).sort()).to.deep.equal([...names].sort());
    await second();
    expect(readdirSync(path)).to.deep.equal([names[1]]);
  });

  it('are read only by their owner', async () => {
    const name = await openFileBlobs({ path }).write(BYTES);
    expect(statSync(join(path, name)).mode & 0o777).to.equal(0o600);
    chmodSync(path, 0o755);
    openFileBlobs({ path });
    expect(statSync(path).mode & 0o777).to.equal(0o700);
  });
});
