import { expect } from 'chai';
import { FileError } from '../../../strategies/files/errors.ts';
import { shownName } from '../../../strategies/files/fileName.ts';
import { fileTypeOf } from '../../../strategies/files/fileTypes.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const utf8 = (text: string): Buffer => Buffer.from(text);

const PNG = hex('89504e470d0a1a0a0000000d49484452');
const ZIP = hex('504b0304140000000800');
const CFB = hex('d0cf11e0a1b11ae1');
const EXE = hex('4d5a90000300000004000000ffff0000');
const UTF_16 = hex('fffe610062000a00');

/** The type with which a file is served, or the code of its refusal. */
function typeOf(name: string, head: Uint8Array, allowed?: readonly string[]): string {
  try {
    return fileTypeOf(name, head, allowed).contentType;
  } catch (error) {
    expect(error).to.be.instanceOf(FileError);
    return (error as FileError).code;
  }
}

describe('the type of a file', () => {
  it('is that of its bytes, for every type that customers may send by default', () => {
    expect(typeOf('a.png', PNG)).to.equal('image/png');
    expect(typeOf('A.PNG', PNG)).to.equal('image/png');
    for (const [name, head] of [
      ['a.jpg', hex('ffd8ffe000104a46494600')],
      ['a.jpeg', hex('ffd8ffe000104a46494600')],
      ['a.gif', utf8('GIF89a....')],
      ['a.bmp', utf8('BM......')],
      ['a.tif', hex('49492a0008000000')],
      ['a.tiff', hex('4d4d002a00000008')],
      ['a.pdf', utf8('%PDF-1.7\n')],
      ['a.docx', ZIP],
      ['a.xlsx', ZIP],
      ['a.pptx', ZIP],
      ['a.doc', CFB],
      ['a.xls', CFB],
      ['a.ppt', CFB],
      ['a.csv', utf8('name;"größe"\n')],
      ['a.txt', utf8('')],
      ['a.txt', UTF_16],
      ['a.txt', hex('6772f6df650a')],
      ['a.htm', utf8('<!DOCTYPE html>')],
      ['a.html', utf8('<p>')],
      ['MZ.txt', utf8('MZ and BM are letters too')],
    ] as const) {
      expect(typeOf(name, head), name).to.match(/^(?:image|text|application)\//);
      expect(typeOf(name, head), name).to.not.equal('application/octet-stream');
    }
  });

  it('is refused when the name says another one', () => {
    for (const [name, head] of [
      ['a.png', utf8('<html>')],
      ['a.png', utf8('<svg xmlns="http://www.w3.org/2000/svg"/>')],
      ['a.png', hex('ffd8ffe000104a46494600')],
      ['a.png', utf8('')],
      ['a.txt', EXE],
      ['a.txt', PNG],
      ['a.csv', ZIP],
      ['a.pdf', EXE],
      ['a.docx', EXE],
      ['a.unknown', PNG],
    ] as const) {
      expect(typeOf(name, head), name).to.equal('FILE_TYPE');
    }
  });

  it('must be one of those that are allowed, by every spelling of the extension', () => {
    const allowed = ['jpeg', 'tif', 'htm'];
    expect(typeOf('a.jpg', hex('ffd8ffe000104a46494600'), allowed)).to.equal('image/jpeg');
    expect(typeOf('a.html', utf8('<p>'), allowed)).to.equal('text/html');
    for (const name of [
      'a.png',
      'a',
      'a.',
      'jpeg',
      '.jpeg.png',
      'a.jpeg.exe',
      'a.constructor',
      'a.__proto__',
    ]) {
      expect(typeOf(name, PNG, allowed), name).to.equal('FILE_TYPE');
    }
  });

  it('is unknown for other files of agents', () => {
    for (const [name, head] of [
      ['tool.exe', EXE],
      ['drawing.dwg', utf8('AC1032')],
      ['noextension', PNG],
      ['a.constructor', utf8('x')],
    ] as const) {
      expect(typeOf(name, head), name).to.equal('application/octet-stream');
    }
  });
});

describe('the name of a file', () => {
  it('has no folders, control characters or marks that change the direction of text', () => {
    for (const [sent, shown] of [
      ['a.txt', 'a.txt'],
      ['../../etc/passwd', 'passwd'],
      ['C:\\Users\\me\\a.txt', 'a.txt'],
      ['/', 'file'],
      ['..', 'file'],
      ['', 'file'],
      ['. . .', 'file'],
      ['a\r\nSet-Cookie: x=1.txt', 'aSet-Cookie: x=1.txt'],
      ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
      ['a\u0000.txt', 'a.txt'],
      ['größe 1.txt ', 'größe 1.txt'],
      ['.htaccess', 'htaccess'],
      ['a\ud800.txt', 'a\ufffd.txt'],
    ] as const) {
      expect(shownName(sent), JSON.stringify(sent)).to.equal(shown);
    }
  });

  it('keeps its extension when it is cut', () => {
    const shown = shownName(`${'x'.repeat(5_000)}.jpeg`);
    expect(shown)
      .to.have.length(255)
      .and.match(/^x+\.jpeg$/);
    expect(shownName(`a.${'x'.repeat(5_000)}`)).to.have.length(255);
  });
});
