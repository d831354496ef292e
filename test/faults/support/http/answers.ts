// The answers in the bytes of a connection, one after the other, as far as they have come.

export interface RawAnswer {
  status: number;
  contentType: string;
  body: string;
}

/** Complete answers only. Every answer of this server to these requests says its length; a HEAD's has no body. */
export function answersIn(bytes: Buffer, bodiless: boolean): RawAnswer[] {
  const text = bytes.toString('latin1');
  const answers: RawAnswer[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\r\n\r\n', at);
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text.slice(at, at + 12))?.[1];
    if (end < 0 || status === undefined) break;
    const head = text.slice(at, end);
    const length = bodiless || status === '100' ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const body = text.slice(end + 4, end + 4 + length);
    if (body.length < length) break;
    if (status !== '100') answers.push({ status: Number(status), contentType: typeOf(head), body });
    at = end + 4 + length;
  }
  return answers;
}

function typeOf(head: string): string {
  return /\r\ncontent-type: ([^\r\n]*)/i.exec(head)?.[1] ?? '';
}
