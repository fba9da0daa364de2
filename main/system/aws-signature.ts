import { createHash, createHmac } from 'node:crypto';

export interface AwsCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly service: string;
  readonly at: Date;
}

/**
 * The headers of a signed GET without a body (AWS, "Signature Version 4 signing process"): those given, `x-amz-date`
 * and `authorization`. The secret key is in neither.
 */
export function signedForAws(call: AwsCall): Record<string, string> {
  const { url, accessKey, secretKey, region, service } = call;
  const time = call.at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const headers = { ...call.headers, host: url.host, 'x-amz-date': time };
  const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const names = sorted.map(([name]) => name).join(';');
  url.searchParams.sort();
  const request = [
    'GET',
    url.pathname,
    url.searchParams.toString().replaceAll('+', '%20'),
    ...sorted.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    names,
    sha256(''),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    (before, part) => hmac(before, part),
    Buffer.from(`AWS4${secretKey}`),
  );
  const signature = hmac(key, toSign).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
