/** Separates the parts of a body in the samples of the documentation. */
const BOUNDARY = '----WebKitFormBoundaryy16gocbN6tmPORZL';

/** The header of withFile. */
export const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

/** The content of the file of withFile. */
export const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 13, 10]);

/** A multipart body of text fields and one file named FileKey. */
export function multipartBody(
  boundary: string,
  fields: Readonly<Record<string, string>>,
  {
    name,
    type,
    content,
  }: { readonly name: string; readonly type: string; readonly content: string | Buffer },
): Buffer {
  const begin = `--${boundary}\r\nContent-Disposition: form-data; name=`;
  const texts = Object.entries(fields).map(([field, value]) => `${begin}"${field}"\r\n\r\n${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${texts.join('')}${begin}"FileKey"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** multipartBody with the picture of the samples. */
export function withFile(fields: Readonly<Record<string, string>>): Buffer {
  return multipartBody(BOUNDARY, fields, { name: 'MyPic.png', type: 'image/png', content: PNG });
}
