/** Bytes as latin1 text: what a header line can hold at all. */
const UTF8 = Buffer.from('Bearer \u202e🔑', 'utf8').toString('latin1');
const LONG = 'x'.repeat(4096);
const HUGE = 'x'.repeat(40_000);

const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What looks like a JWT and is none; `token` is a good one. */
export function oddTokens(token: string): string[] {
  const [head = '', payload = '', signature = ''] = token.split('.');
  const kid = (JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string }).kid;
  return [
    ...['', '.', '..', '...', 'x', 'null', 'undefined', '{}', '%00', LONG, UTF8, '\xff\xfe'],
    ...[`${token}.`, `.${token}`, `${token} `, ` ${token}`, `${token}${token}`, token.toUpperCase(), `"${token}"`],
    ...[
      `${head}.${payload}.`,
      `${head}.${payload}`,
      `${head}..${signature}`,
      `${head}.${payload}.${signature.slice(1)}`,
    ],
    `${b64({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    `${b64({ alg: 'none', kid })}.${payload}.${signature}`,
    ...['HS256', 'ES256', 'RS256', 'EdDSA', '', null, 7, {}].map(
      (alg) => `${b64({ alg, kid })}.${payload}.${signature}`,
    ),
    ...[null, 7, {}, [], '', '../../x', '\0', "' OR 1=1"].map(
      (id) => `${b64({ alg: 'ES256', kid: id })}.${payload}.${signature}`,
    ),
    ...[null, [], 'text', 7, {}].map((claims) => `${head}.${b64(claims)}.${signature}`),
    ...[null, [], 'text', 7].map((header) => `${b64(header)}.${payload}.${signature}`),
    `${head}.${Buffer.from('{"sub":').toString('base64url')}.${signature}`,
    `${Buffer.from([0xff, 0xfe, 0]).toString('base64url')}.${payload}.${signature}`,
    `${b64({ alg: 'ES256', kid, crit: ['exp'], exp: 1 })}.${payload}.${signature}`,
    `${b64({ alg: 'ES256', kid, b64: false, zip: 'DEF' })}.${payload}.${signature}`,
  ];
}

/** Lines that carry an access token, or do not. */
export function authorizationLines(token: string): string[][] {
  const schemes = [
    'Basic dTpw',
    'Basic',
    'Digest a="b"',
    'Negotiate',
    'bearer',
    'Bearer',
    'Bearer ',
    'BEARER x',
    'Bearer\tx',
  ];
  return [
    ...schemes.map((value) => [`Authorization: ${value}`]),
    ...oddTokens(token).map((odd) => [`Authorization: Bearer ${odd}`]),
    ...oddTokens(token).map((odd) => [`access-token: ${odd}`]),
    [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`],
    [`Authorization: Bearer ${token}`, 'Authorization: Basic dTpw'],
    ['Authorization: Basic dTpw', `Authorization: Bearer ${token}`],
    [`Authorization: Bearer ${token}`, 'access-token: other'],
    [`Authorization: Bearer ${token}`, `access-token: ${token}`],
    [`access-token: ${token}`, `access-token: ${token}`],
    [`access-token: ${token}, ${token}`],
    [`Authorization: Bearer ${token}, Bearer ${token}`],
    ['Authorization: Bearer', `access-token: ${token}`],
  ];
}

/** Lines that tell who forwards, from where and what is wanted. */
export const ENVIRONMENT_LINES: readonly string[][] = [
  ...[
    '',
    'null',
    'NULL',
    '*',
    'http://',
    'file://',
    'http://localhost:3000/',
    'http://evil.example',
    '\xff',
    LONG,
    'javascript:1',
  ].map((origin) => [`Origin: ${origin}`]),
  ['Origin: http://localhost:3000', 'Origin: http://evil.example'],
  ['Origin: http://localhost:3000', 'Access-Control-Request-Method: \xff', 'Access-Control-Request-Headers: ,,;'],
  ...['cross-site', 'same-site', '', '\xff', 'same-origin, cross-site'].map((site) => [`Sec-Fetch-Site: ${site}`]),
  ['Sec-Fetch-Site: none', 'Sec-Fetch-Site: cross-site'],
  ...[
    '',
    'unknown',
    '999.999.0.1',
    '1.2.3.4:5678',
    '[::1]:80',
    '::1%eth0',
    '::ffff:1.2.3.4',
    '0x7f.1',
    '\xff',
    '-',
    ',,,',
    'a\tb',
  ].map((address) => [`X-Forwarded-For: ${address}`]),
  [`X-Forwarded-For: ${'1.2.3.4, '.repeat(1000)}1.2.3.4`],
  ['X-Forwarded-For: 1.2.3.4', 'X-Forwarded-For: 5.6.7.8', 'X-Forwarded-Host: \xff', 'X-Forwarded-Proto: gopher'],
  ['Forwarded: for="[::1]:80";by=_x', 'X-Real-IP: \xff', 'Via: 1.1 \xff'],
  ...['', '*', '*/*;q=x', 'application/json;q=1e9', 'text/html;q=-1', ',;q=', '\xff', HUGE.slice(0, 10_000)].map(
    (type) => [`Accept: ${type}`],
  ),
  ['Accept-Language: \xff, x;q=9', 'Accept-Charset: utf-16', 'Accept-Encoding: br;q=2, *;q=0'],
  ...['gzip', 'br', 'deflate, gzip', '\xff', 'identity'].map((encoding) => [`Content-Encoding: ${encoding}`]),
  ...['', '\xff\xfe', LONG, '\x01', '${jndi:ldap://x}', "'; DROP TABLE users; --"].map((agent) => [
    `User-Agent: ${agent}`,
  ]),
  ['User-Agent: a', 'User-Agent: b'],
  ['X-Request-Id: \xff', 'Request-Id: ../..', 'traceparent: x'],
  ['X-HTTP-Method-Override: DELETE', 'X-Original-URL: /admin/locks', 'X-Rewrite-URL: /admin'],
  ['Expect: 100-continue'],
  ['Expect: the-unexpected'],
  ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: x'],
  ['Upgrade: h2c', 'HTTP2-Settings: AAA', 'Connection: Upgrade, HTTP2-Settings'],
  ['Connection: keep-alive, content-length, host', 'TE: trailers', 'Trailer: authorization'],
  ['Range: bytes=-1', 'If-Match: *', 'If-None-Match: "x"', 'If-Modified-Since: never'],
  ['Host: evil.example'],
  ['__proto__: x', 'constructor: y', 'toString: z'],
  Array.from({ length: 150 }, (_, index) => `X-${String(index)}: y`),
  [`X-Huge: ${HUGE}`],
  ['No colon here'],
  [': no name'],
  ['Folded: a', ' b'],
  ['Bad name: x'],
  ['X: \0'],
  ['X: a\rb'],
];

/** Lines about the body's length that do not fit it; cut short where they promise more. */
export const LENGTH_LINES: readonly string[][] = [
  ...['0', '1', '-1', '+5', '1e3', '0x10', '', 'x', '5, 5', '99999999999999999999', '65537', '\xff'].map((length) => [
    `Content-Length: ${length}`,
  ]),
  ['Content-Length: 5', 'Content-Length: 6'],
  ['Content-Length: 5', 'Transfer-Encoding: chunked'],
  ...['chunked', 'gzip, chunked', 'identity', 'chunked, chunked', 'x', '\xff', ''].map((coding) => [
    `Transfer-Encoding: ${coding}`,
  ]),
];

/** `Cookie` lines; each value once for each of the cookies that the service reads. */
export function cookieLines(names: readonly string[], token: string): string[][] {
  const values = [
    ...oddTokens(token),
    '%',
    '%zz',
    '%E0%A4%A',
    '%00',
    '%ff',
    `"${token}`,
    'a=b=c',
    '__proto__',
    encodeURIComponent('\ud83d\udd11'),
  ];
  return [
    ...names.flatMap((name) => values.map((value) => [`Cookie: ${name}=${value}`])),
    ...names.map((name) => [`Cookie: ${name}=${token}; ${name}=other`]),
    ...names.map((name) => [`Cookie: ${name}=${'%41'.repeat(1400)}`]),
    ...names.map((name) => [`Cookie: ${name}`]),
    [`Cookie: ${names.map((name) => `${name}=${token}`).join('; ')}`],
    [`Cookie: ${Array.from({ length: 700 }, (_, index) => `c${String(index)}=1`).join('; ')}`],
    ['Cookie: __proto__=x; constructor=y; toString=z; hasOwnProperty=1'],
    ['Cookie: '],
    ['Cookie: ;;;===;;'],
    ['Cookie: \xff=\xfe; a=\x01'],
    [`Cookie: x=${HUGE}`],
    ['Cookie: a=1', `Cookie: ${names[0] ?? ''}=${token}`],
  ];
}
