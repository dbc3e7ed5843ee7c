import { expect } from 'chai';
import { asGiven, CodedError, codedError } from '../../../engine/ports/codedError.ts';

describe('a coded error', () => {
  // The compiler checks these lines: without an error, the expectation is itself an error.
  it('has a code that a part has added to ErrorCodes, or it does not compile', () => {
    // @ts-expect-error NOT_LISTED is not a key of ErrorCodes.
    const Unlisted = codedError('Unlisted', { NOT_LISTED: asGiven });
    // @ts-expect-error One code that is listed does not admit another.
    codedError('Mixed', { STORAGE_FULL: asGiven, NOT_LISTED: asGiven });
    // @ts-expect-error Nor does a class of its own.
    class Other extends CodedError<'NOT_LISTED'> {}

    expect(Unlisted).to.be.a('function');
    expect(Other.prototype).to.be.instanceOf(CodedError);
  });

  it('is made only by the class of a part', () => {
    // @ts-expect-error CodedError is abstract.
    expect(new CodedError('STORAGE_FULL', 'full').code).to.equal('STORAGE_FULL');
  });

  it('has the message of its code and the detail', () => {
    const Full = codedError('StorageError', { STORAGE_FULL: (id) => `Area '${id}' is full.` });
    const { name, code, detail, message } = new Full('STORAGE_FULL', 'a1');
    expect({ name, code, detail, message }).to.deep.equal({
      name: 'StorageError',
      code: 'STORAGE_FULL',
      detail: 'a1',
      message: "Area 'a1' is full.",
    });
  });
});
