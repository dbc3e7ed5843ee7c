import { expect } from 'chai';
import { entryDocument } from '../../../strategies/callback/entryDocument.ts';
import { ServiceError } from '../../../strategies/instances/errors.ts';

describe('the document of a service', () => {
  const templates = (files: Record<string, readonly string[]>) => ({
    files: (name: string) => files[name],
    url: (name: string, path: string) => `${name}/${path}`,
  });
  const callback = templates({ callback: ['src/chat-delay.scxml', 'src/inbound_chat.scxml'] });

  it('is the document of its scenario in the callback template', () => {
    const chat = { _service: 'callback', _media_type: 'chat' };
    expect(entryDocument('s', { ...chat, _wait_for_agent: 'true' }, callback)).to.equal(
      'callback/src/chat-delay.scxml',
    );
    expect(entryDocument('s', { ...chat, _wait_for_agent: 'false' }, callback)).to.equal(
      'callback/src/chat-delay.scxml',
    );
    const both = templates({ callback: ['src/chat-delay.scxml', 'src/chat-immediate.scxml'] });
    expect(entryDocument('s', { ...chat, _wait_for_agent: 'false' }, both)).to.equal(
      'callback/src/chat-immediate.scxml',
    );
    expect(() => entryDocument('s', { ...chat, _media_type: 'voice' }, callback)).to.throw(
      ServiceError,
      'expected src/voice.scxml',
    );
  });

  it('has the name of its template, or is the only document', () => {
    const given = templates({
      a: ['a.scxml', 'b.scxml'],
      b: ['src/b.scxml', 'src/c.scxml'],
      c: ['x/y.scxml', 'x/z.js'],
      d: ['1.scxml', '2.scxml'],
    });
    expect(entryDocument('s', { _service: 'a' }, given)).to.equal('a/a.scxml');
    expect(entryDocument('s', { _service: 'b' }, given)).to.equal('b/src/b.scxml');
    expect(entryDocument('s', { _service: 'c' }, given)).to.equal('c/x/y.scxml');
    expect(() => entryDocument('s', { _service: 'd' }, given)).to.throw(
      ServiceError,
      'expected d.scxml or src/d.scxml',
    );
    expect(() => entryDocument('s', { _service: 'e' }, given)).to.throw(
      ServiceError,
      "'e', which does not exist",
    );
  });

  it('may be a URL', () => {
    const url = 'https://documents.test/x.scxml';
    expect(entryDocument('s', { _service: url }, templates({}))).to.equal(url);
  });
});
