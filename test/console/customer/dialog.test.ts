import { expect } from 'chai';
import { readDialog } from '../../../console/customer/dialog.ts';
import { heardV1, heardV2, safeUrl } from '../../../console/customer/entry.ts';

const ID = '1-0190';
const HOSTILE = '<img src=x onerror=alert(1)>';

describe('dialogs and entries of the server', () => {
  it('leaves out items whose URL is none of the service', () => {
    const item = (url: unknown): object => ({ _label: 'Yes', _action: 'MenuItem', _user_action_url: url });
    const urls = [
      `http://a.example/genesys/1/service/${ID}/connect`,
      'javascript:alert(1)',
      'http://a.example/genesys/1/service/2-0000/connect',
      `http://a.example/genesys/1/service/${ID}/..%2Fx`,
      { toString: 1 },
    ];
    const reply = {
      _action: 'DisplayMenu',
      _label: HOSTILE,
      _content: [{ _group_name: 7, _group_content: urls.map(item) }, 'x'],
    };
    expect(readDialog(reply, ID)).to.deep.equal({
      kind: 'menu',
      text: HOSTILE,
      groups: [
        { name: '7', items: [{ label: 'Yes', request: 'connect' }] },
        { name: '', items: [] },
      ],
    });
  });

  it('reads every dialog of the mobile apps', () => {
    expect(readDialog({ _id: ID }, ID)).to.equal(undefined);
    expect(readDialog({ _action: 'ConfirmationDialog', _text: 'Wait', _ok_title: 'Ok' }, ID)).to.deep.equal({
      kind: 'confirmation',
      text: 'Wait',
      groups: [{ name: '', items: [{ label: 'Ok' }] }],
    });
    expect(readDialog({ _action: 'StartChat', _label: 'Go' }, ID)).to.deep.include({ kind: 'startChat' });
    const dial = {
      _action: 'DialNumber',
      _label: 'Call us',
      _tel_url: 'tel:+49 89 1234',
      _access_code: '42',
    };
    expect(readDialog(dial, ID)?.groups[0]?.items).to.deep.equal([
      { label: '+49 89 1234 (42)', phone: '+49 89 1234' },
    ]);
    expect(readDialog({ ...dial, _tel_url: 'javascript:alert(1)' }, ID)?.groups[0]?.items).to.deep.equal([]);
    expect(readDialog({ _action: 'Dance', _text: 'x' }, ID)).to.deep.include({ kind: 'unknown', text: 'x' });
  });

  it('opens no URL but those of http and https', () => {
    const given = [
      'https://a.example/x',
      'HTTP://a.example',
      'javascript:alert(1)',
      'data:text/html,x',
      '//a',
      '',
    ];
    expect(given.map(safeUrl)).to.deep.equal([
      'https://a.example/x',
      'http://a.example/',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes entries that have another shape than promised', () => {
    const v1 = heardV1(
      { transcriptToShow: ['x', [1], ['Message.Text', HOSTILE, { a: 1 }, 'x', 'CLIENT']] },
      4,
    );
    expect(v1.entries.map(({ kind, party, name, text }) => [kind, party, name, text])).to.deep.equal([
      ['notice', 'other', '', ''],
      ['notice', 'other', '', ''],
      ['message', 'customer', HOSTILE, ''],
    ]);
    expect(v1.next).to.equal(4);
    const v2 = heardV2(
      { messages: [null, { type: 'Message', from: 'x', text: [HOSTILE] }], nextPosition: 'x' },
      4,
    );
    expect(v2.entries.map(({ kind, party, text }) => [kind, party, text])).to.deep.equal([
      ['notice', 'other', ''],
      ['message', 'other', ''],
    ]);
    expect(v2.next).to.equal(4);
  });
});
