// A read-only image registry for the lab that answers under every registry's real name.
//
// The engine reaches it as its HTTPS proxy (a CONNECT to any host ends here, in TLS under the lab's own certificate),
// so `redis:7.4-alpine` and `ghcr.io/x/y:1` are pulled by their real names with nothing on the machine changed.
// Hosts under `.lab.test` serve Docker Hub's images: `hub.lab.test/library/redis:7.4-alpine` is a mirror.
//
// Faults and speed are set while it runs (registry.sh set '{…}'; each key replaces its former value):
//   rate    bytes per second of all blob transfers together; 0 is no limit
//   fail    [{match, status, body, headers, times, after, corrupt, hang}] for requests whose "host METHOD path" the
//           regular expression `match` finds, `times` times or always: answer `status` (with `headers`, and `body` or
//           what a registry says with that status);
//           or cut the transfer `after` so many bytes; or `corrupt` one byte; or `hang` without an answer
//   refuse  [host] cannot be reached
//   auth    {host: "user:password"} asks for a login there, as a private registry does
// `registry.sh get` shows the settings, the counters and the last 200 requests.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';

const options = Object.fromEntries(process.argv.slice(2).map((a) => a.replace(/^--/, '').split('=')));
const settings = { rate: 0, fail: [], refuse: [], auth: {} };
const requests = [];
const counters = { bytes: 0, transfers: 0 };

const CHUNK = 64 * 1024;
const VERSION = { 'docker-distribution-api-version': 'registry/2.0' };
const HUB = new Set(['registry-1.docker.io', 'index.docker.io']);

/** What Docker Hub says with these statuses. */
const ERRORS = {
  429: { code: 'TOOMANYREQUESTS', message: 'You have reached your unauthenticated pull rate limit.' },
  other: { code: 'UNKNOWN', message: 'unknown error' },
};

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const blobPath = (digest) => path.join(options.blobs, ...digest.split(':'));

/** The images of the catalog by full name, read again when the catalog was replaced. */
let catalog = { mtime: -1, images: new Map() };
function images() {
  const mtime = fs.statSync(options.catalog).mtimeMs;
  if (mtime !== catalog.mtime) {
    const files = fs.readFileSync(options.catalog, 'utf8').trim().split('\n');
    const found = files
      .filter((file) => fs.existsSync(file))
      .map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
    catalog = { mtime, images: new Map(found.map((image) => [image.name, image])) };
  }
  return catalog.images;
}

function repositoryHost(host) {
  return HUB.has(host) || host.endsWith('.lab.test') ? 'docker.io' : host;
}

function refuse(res, status, code, message, detail = null, headers = {}) {
  res.writeHead(status, { 'content-type': 'application/json', ...VERSION, ...headers });
  res.end(JSON.stringify({ errors: [{ code, message, detail }] }));
}

/** One bucket that all transfers share; resolves when `bytes` may be sent. */
let debt = 0;
let paidAt = Date.now();
async function pace(bytes, isGone) {
  if (!settings.rate) return;
  const now = Date.now();
  debt = Math.max(0, debt - ((now - paidAt) * settings.rate) / 1000) + bytes;
  paidAt = now;
  for (let wait = (debt * 1000) / settings.rate; wait > 0 && !isGone(); wait -= 100)
    await sleep(Math.min(wait, 100));
}

async function sendBlob(res, digest, from, fault) {
  let gone = false;
  let sent = 0;
  res.on('close', () => (gone = true));
  counters.transfers++;
  try {
    const highWaterMark = settings.rate ? Math.min(CHUNK, Math.max(1024, settings.rate >> 3)) : 1 << 20;
    for await (let chunk of fs.createReadStream(blobPath(digest), { start: from, highWaterMark })) {
      if (fault?.after !== undefined && sent + chunk.length > fault.after) {
        res.write(chunk.subarray(0, fault.after - sent), () => res.destroy());
        return;
      }
      if (fault?.corrupt && sent === 0) {
        chunk = Buffer.from(chunk);
        chunk[chunk.length >> 1] ^= 255;
      }
      await pace(chunk.length, () => gone);
      if (gone) return;
      if (!res.write(chunk)) {
        await new Promise((resolve) => {
          res.once('drain', resolve);
          res.once('close', resolve);
        });
      }
      sent += chunk.length;
      counters.bytes += chunk.length;
    }
    res.end();
  } finally {
    counters.transfers--;
  }
}

function control(req, res) {
  if (req.method === 'GET') {
    res.end(JSON.stringify({ ...settings, ...counters, images: [...images().keys()], requests }, null, 1));
    return;
  }
  let body = '';
  req.on('data', (chunk) => (body += chunk));
  req.on('end', () => {
    Object.assign(settings, JSON.parse(body));
    res.end('ok\n');
  });
}

/** The first fault that matches, used up by one. */
function faultFor(line) {
  const fault = settings.fail.find((f) => f.times !== 0 && new RegExp(f.match).test(line));
  if (fault?.times) fault.times--;
  return fault;
}

function mayRead(req, host) {
  const login = settings.auth[host];
  return !login || req.headers.authorization === `Basic ${Buffer.from(login).toString('base64')}`;
}

function serve(req, res) {
  const host = (req.headers.host ?? '').split(':')[0];
  const { pathname } = new URL(req.url, 'http://registry');
  if (pathname === '/_lab') return control(req, res);
  const line = `${host} ${req.method} ${pathname}`;
  requests.push(`${new Date().toISOString()} ${line}`);
  if (requests.length > 200) requests.shift();

  const fault = faultFor(line);
  if (fault?.hang) return;
  if (fault?.status) {
    res.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
    res.end(fault.body ?? JSON.stringify({ errors: [ERRORS[fault.status] ?? ERRORS.other] }));
    return;
  }
  if (!mayRead(req, host)) {
    const challenge = { 'www-authenticate': `Basic realm="${host}"` };
    return refuse(res, 401, 'UNAUTHORIZED', 'authentication required', null, challenge);
  }
  if (pathname === '/v2/' || pathname === '/v2') {
    res.writeHead(200, { 'content-type': 'application/json', ...VERSION });
    res.end('{}');
    return;
  }
  return serveImage(req, res, repositoryHost(host), pathname, fault);
}

function serveImage(req, res, host, pathname, fault) {
  const match = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(pathname);
  if (!match || !['GET', 'HEAD'].includes(req.method)) return refuse(res, 404, 'NOT_FOUND', 'not found');
  const [, name, kind, reference] = match;
  const repository = [...images().values()].filter((image) => image.name.startsWith(`${host}/${name}:`));
  // What Docker Hub and GHCR answer for a repository that is not there
  if (repository.length === 0) {
    return refuse(
      res,
      401,
      'DENIED',
      'requested access to the resource is denied',
      `unknown repository ${name}`,
    );
  }
  if (kind === 'tags') {
    res.end(JSON.stringify({ name, tags: repository.map((image) => image.name.split(':').pop()) }));
    return;
  }
  let digest = reference;
  let type = 'application/octet-stream';
  if (kind === 'manifests') {
    const image = repository.find((i) => i.digest === reference || i.name === `${host}/${name}:${reference}`);
    if (!image) return refuse(res, 404, 'MANIFEST_UNKNOWN', 'manifest unknown', `unknown tag=${reference}`);
    digest = image.digest;
    type = image.mediaType;
  }
  const size = fs.statSync(blobPath(digest), { throwIfNoEntry: false })?.size;
  if (size === undefined) return refuse(res, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');

  const from = Number(/^bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
  res.writeHead(from ? 206 : 200, {
    'content-type': type,
    'content-length': size - from,
    'docker-content-digest': digest,
    etag: `"${digest}"`,
    'accept-ranges': 'bytes',
    ...VERSION,
    ...(from ? { 'content-range': `bytes ${from}-${size - 1}/${size}` } : {}),
  });
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  sendBlob(res, digest, from, fault).catch(() => res.destroy());
}

const key = fs.readFileSync(options.key);
const cert = fs.readFileSync(options.cert);
const inner = https.createServer({ key, cert }, serve).listen(0, '127.0.0.1');
const front = http.createServer(serve);

front.on('connect', (req, socket, head) => {
  socket.on('error', () => {});
  if (settings.refuse.includes(req.url.split(':')[0])) {
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    return;
  }
  const upstream = net.connect(inner.address().port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  upstream.on('error', () => socket.destroy());
  upstream.on('close', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
});

for (const server of [inner, front]) {
  server.on('clientError', (error, socket) => socket.destroy());
  server.keepAliveTimeout = 30_000;
}
front.listen(Number(options.port), '127.0.0.1', () => {
  fs.writeFileSync(`${options['port-file']}.new`, `${front.address().port}\n`);
  fs.renameSync(`${options['port-file']}.new`, options['port-file']);
});
