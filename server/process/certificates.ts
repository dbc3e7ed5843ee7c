import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Loaded, NamedFiles } from './namedFiles.ts';

/** A certificate that ends earlier than this gets a warning. */
export const CERTIFICATE_DAYS = 14;
const DAY_MS = 86_400_000;

/** A certificate with its key, in PEM form, and the time in which clients accept it. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** ms since epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** The paths of files in PEM form. */
export interface CertificatePaths {
  readonly certificate: string;
  readonly key: string;
}

/** Reads the files of a listener. `setting`: its section `tls`. */
export function readCertificate(
  files: NamedFiles,
  { setting, tls }: { readonly setting: string; readonly tls: CertificatePaths },
): Loaded<Certificate> {
  const certificate = files.read({
    setting: `${setting}.certificate`,
    given: tls.certificate,
    parse: (cert) => ({ cert, x509: certificateIn(cert) }),
  });
  const key = files.read({
    setting: `${setting}.key`,
    given: tls.key,
    parse(content) {
      const object = keyIn(content);
      // Otherwise the problem is that of the certificate.
      if (certificate.isUsable) requirePair({ ...certificate.content, key: content, object });
      return content;
    },
  });
  return {
    path: key.path,
    isUsable: certificate.isUsable && key.isUsable,
    get content() {
      const { cert, x509 } = certificate.content;
      const [validFrom, validTo] = [x509.validFrom, x509.validTo].map((text) => Date.parse(text));
      return { cert, key: key.content, validFrom: validFrom!, validTo: validTo! };
    },
  };
}

/** A sentence for the operator about a certificate that clients refuse, or will soon. */
export function validityProblem(
  { validFrom, validTo }: Pick<Certificate, 'validFrom' | 'validTo'>,
  now: number,
): string | undefined {
  const [from, to] = [validFrom, validTo].map((time) => new Date(time).toISOString());
  if (now > validTo) return `The certificate has expired at ${to}: clients refuse it.`;
  if (now < validFrom) return `The certificate is valid from ${from}: clients refuse it now.`;
  if (validTo - now > CERTIFICATE_DAYS * DAY_MS) return undefined;
  return `The certificate expires at ${to}, in less than ${CERTIFICATE_DAYS} days.`;
}

function certificateIn(content: Buffer): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch (cause) {
    throw new Error(`expected a certificate in PEM form: ${(cause as Error).message}`, { cause });
  }
}

function keyIn(content: Buffer): KeyObject {
  try {
    return createPrivateKey(content);
  } catch (cause) {
    throw new Error(`expected a private key in PEM form, without a passphrase: ${(cause as Error).message}`, {
      cause,
    });
  }
}

interface Pair {
  readonly cert: Buffer;
  readonly x509: X509Certificate;
  readonly key: Buffer;
  readonly object: KeyObject;
}

function requirePair({ cert, x509, key, object }: Pair): void {
  if (!x509.checkPrivateKey(object)) {
    throw new Error('expected the key of the certificate, got another key');
  }
  // The rules of OpenSSL for the strength of keys and signatures.
  createSecureContext({ cert, key });
}
