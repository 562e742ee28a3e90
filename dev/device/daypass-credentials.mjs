#!/usr/bin/env node
/**
 * Credentials for a device with a key of its own. One file, Node alone, nothing to install: copy it to the device.
 *
 *   daypass-credentials enrol --endpoint URL    registers the device; the code is in DAYPASS_ENROLMENT_CODE or on stdin
 *   daypass-credentials key                     makes the key and prints its public half, for RegisterInstance
 *   daypass-credentials use --endpoint URL --instance ARN     the instance that was registered with that key
 *   daypass-credentials use --endpoint URL --instance ARN --certificate FILE --private-key FILE
 *                                               the same with a certificate; FILE may hold its chain after it
 *   daypass-credentials                         prints credentials, as `credential_process` wants them
 *   daypass-credentials token --out FILE [--watch]   keeps a token for AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
 *
 * Every command takes --state FOLDER (default: ~/.daypass-device), which holds the key (mode 0600) and whose it is.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const ATTEMPTS = 4;
const DEADLINE_MILLISECONDS = 10_000;

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: {
    state: { type: 'string', default: join(homedir(), '.daypass-device') },
    endpoint: { type: 'string' },
    instance: { type: 'string' },
    certificate: { type: 'string' },
    'private-key': { type: 'string' },
    out: { type: 'string' },
    watch: { type: 'boolean', default: false },
  },
});
const KEY_FILE = join(options.state, 'key.pem');
const INSTANCE_FILE = join(options.state, 'instance.json');

const base64Url = (value) => Buffer.from(value).toString('base64url');
const sha256Hex = (text) => createHash('sha256').update(text).digest('hex');

class Refused extends Error {}

/** Writes a file as a whole, for its owner alone: a reader never sees half of it. */
function writeSecret(path, text) {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  chmodSync(`${path}.new`, 0o600);
  renameSync(`${path}.new`, path);
}

function makeKey() {
  mkdirSync(options.state, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeSecret(KEY_FILE, privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

const readKey = (path = KEY_FILE) => createPrivateKey(readFileSync(path));
const publicJwk = () => createPublicKey(readKey()).export({ format: 'jwk' });

/** By the kind of key: the name that a proof gives the algorithm, and the hash that goes with it. */
function algorithmOf(key) {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa') return { alg: 'RS256', hash: 'sha256' };
  if (type === 'ed25519') return { alg: 'EdDSA', hash: null };
  return details.namedCurve === 'secp384r1'
    ? { alg: 'ES384', hash: 'sha384' }
    : { alg: 'ES256', hash: 'sha256' };
}

/** A PEM file's certificates, the device's own first, each base64 of DER. */
const readCertificates = (path) =>
  Array.from(
    readFileSync(path, 'utf8').matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g),
    ([, base64]) => base64.replaceAll(/\s/g, ''),
  );

function readInstance() {
  if (!existsSync(INSTANCE_FILE)) throw new Refused('this device is not enrolled: see `enrol` and `use`');
  return JSON.parse(readFileSync(INSTANCE_FILE, 'utf8'));
}

/** One call of the broker. What may pass is tried again, with growing pauses; a refusal is not. */
async function call(endpoint, path, init) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(`${endpoint}${path}`, {
        redirect: 'error',
        signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
        ...init,
      });
      const body = await answer.json();
      if (answer.ok) return body;
      if (answer.status < 500 && answer.status !== 429)
        throw new Refused(`${body.Code}: ${body.Message} (request ${body.RequestId})`);
      throw new Error(`${endpoint} answered ${answer.status}`);
    } catch (error) {
      if (error instanceof Refused || attempt === ATTEMPTS) throw error;
      await sleep(200 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

const post = (endpoint, path, body) =>
  call(endpoint, path, { method: 'POST', ...(body !== undefined && { body: JSON.stringify(body) }) });

/** A proof that this device holds its key, over a nonce that the broker gives; the device needs no clock for it. */
async function makeProof(endpoint, type, subject, header = {}, key = readKey()) {
  const { nonce } = await post(endpoint, '/credentials/nonce');
  const { alg, hash } = algorithmOf(key);
  const parts = [
    { alg, typ: type, ...header },
    { aud: `${endpoint}/credentials`, nonce, sub: subject },
  ];
  const toSign = parts.map((part) => base64Url(JSON.stringify(part))).join('.');
  const signature = sign(hash, Buffer.from(toSign), { key, dsaEncoding: 'ieee-p1363' });
  return `${toSign}.${base64Url(signature)}`;
}

function requireEndpoint() {
  const url = URL.parse(options.endpoint ?? '');
  const isLoopback = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !isLoopback))
    throw new Refused('--endpoint must be an https URL');
  return url.origin;
}

async function enrol() {
  const endpoint = requireEndpoint();
  const code = (process.env.DAYPASS_ENROLMENT_CODE ?? (await textOf(process.stdin))).trim();
  if (!existsSync(KEY_FILE)) makeKey();
  const header = { jwk: publicJwk() };
  const proof = await makeProof(endpoint, 'daypass-enrolment+jwt', sha256Hex(code), header);
  const { arn } = await post(endpoint, '/credentials/enrol', { code, proof });
  writeSecret(INSTANCE_FILE, JSON.stringify({ endpoint, arn }));
  console.log(arn);
}

function printKey() {
  if (!existsSync(KEY_FILE)) makeKey();
  console.log(JSON.stringify(publicJwk()));
}

/** How the instance proves itself: with its own key, or with a certificate and the key of that. */
function proveInstance({ endpoint, arn, certificate, privateKey }) {
  if (certificate === undefined) return makeProof(endpoint, 'daypass-proof+jwt', arn);
  const header = { x5c: readCertificates(certificate) };
  return makeProof(endpoint, 'daypass-proof+jwt', arn, header, readKey(privateKey));
}

function use() {
  const { certificate, 'private-key': privateKey } = options;
  if ((certificate === undefined) !== (privateKey === undefined))
    throw new Refused('--certificate and --private-key go together');
  if (certificate === undefined && !existsSync(KEY_FILE)) throw new Refused('there is no key yet: see `key`');
  const endpoint = requireEndpoint();
  if (options.instance === undefined) throw new Refused('--instance must be the ARN of the instance');
  const paths =
    certificate === undefined ? {} : { certificate: resolve(certificate), privateKey: resolve(privateKey) };
  mkdirSync(options.state, { recursive: true, mode: 0o700 });
  writeSecret(INSTANCE_FILE, JSON.stringify({ endpoint, arn: options.instance, ...paths }));
}

async function printCredentials() {
  const instance = readInstance();
  const { endpoint } = instance;
  const authorization = await proveInstance(instance);
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = await call(endpoint, '/credentials', {
    headers: { authorization },
  });
  console.log(JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken: Token, Expiration }));
}

async function writeToken() {
  const instance = readInstance();
  const { endpoint } = instance;
  if (options.out === undefined) throw new Refused('--out must name the file of the token');
  for (;;) {
    const proof = await proveInstance(instance);
    const { token, expires_in: seconds } = await post(endpoint, '/credentials/token', { proof });
    writeSecret(options.out, token);
    if (!options.watch) return;
    await sleep((seconds * 1000) / 2);
  }
}

const COMMANDS = new Map([
  ['enrol', enrol],
  ['key', printKey],
  ['use', use],
  ['credentials', printCredentials],
  ['token', writeToken],
]);

try {
  const command = COMMANDS.get(positionals[0] ?? 'credentials');
  if (command === undefined) throw new Refused(`there is no command ${positionals[0]}`);
  await command();
} catch (error) {
  console.error(`daypass-credentials: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
