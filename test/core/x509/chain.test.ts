import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
} from '@peculiar/x509';
import { beforeAll, describe, expect, test } from 'vitest';
import { readBundle } from '../../../src/core/x509/bundle.ts';
import { type Certificate, readCertificate } from '../../../src/core/x509/certificate.ts';
import { certificateTags, sourceIdentityOf } from '../../../src/core/x509/certificate-tags.ts';
import { type ChainInput, validateChain } from '../../../src/core/x509/chain.ts';
import { readRevokedList } from '../../../src/core/x509/revoked.ts';
import {
  authority,
  derOf,
  deviceCertificate,
  type Issued,
  pemOf,
  revokedList,
} from '../../helpers/certificates.ts';

const NOW = Math.floor(Date.now() / 1000);

const read = (issued: Issued): Certificate => {
  const certificate = readCertificate(derOf(issued));
  if (certificate === null) throw new Error('the certificate is not read');
  return certificate;
};

let root: Issued;
let leaf: Issued;
beforeAll(async () => {
  root = await authority();
  leaf = await deviceCertificate(root, { subject: 'CN=sensor-7, OU=North, O=Example' });
});

const validate = (of: Issued, over: Partial<ChainInput> = {}) =>
  validateChain({
    leaf: read(of),
    intermediates: [],
    anchors: [read(root)],
    revocations: [],
    nowSeconds: NOW,
    ...over,
  });
const why = async (of: Issued, over: Partial<ChainInput> = {}) => {
  const result = await validate(of, over);
  return result.ok ? 'ok' : result.failure.why;
};

describe('a chain', () => {
  test('of an authority that is trusted gives the moment that it ends', async () => {
    const { notAfterSeconds, issuer, serial } = read(leaf);
    expect(await validate(leaf)).toEqual({
      ok: true,
      value: { notAfterSeconds, path: [{ issuer, serial }] },
    });
  });

  test('may have authorities between, sent in any order, up to five in all', async () => {
    const chain: Issued[] = [root];
    for (let depth = 1; depth <= 4; depth += 1) {
      const by = chain[depth - 1] ?? root;
      chain.push(await authority({ by, subject: `CN=Sub ${depth}` }));
      const intermediates = chain.slice(1).reverse().map(read);
      const own = await deviceCertificate(chain[depth] ?? root);
      expect([depth, await why(own, { intermediates })]).toEqual([depth, depth <= 3 ? 'ok' : 'no_path']);
      expect([depth, await why(own)]).toEqual([depth, 'no_path']);
    }
  });

  test('ends with the first certificate on it that ends', async () => {
    const sub = await authority({ by: root, subject: 'CN=Short', to: NOW + 60 });
    const own = await deviceCertificate(sub);
    const path = [own, sub].map(read).map(({ issuer, serial }) => ({ issuer, serial }));
    expect(await validate(own, { intermediates: [read(sub)] })).toEqual({
      ok: true,
      value: { notAfterSeconds: NOW + 60, path },
    });
  });

  test('with RSA keys is validated too', async () => {
    const rsa = await authority({ rsa: true, subject: 'CN=RSA' });
    const own = await deviceCertificate(rsa, { rsa: true });
    expect(read(own).key.algorithm).toBe('RS256');
    expect(await why(own, { anchors: [read(rsa)] })).toBe('ok');
  });
});

describe('refused is', () => {
  test('a certificate before and after its time', async () => {
    expect(await why(leaf, { nowSeconds: read(leaf).notBeforeSeconds - 1 })).toBe('validity');
    expect(await why(leaf, { nowSeconds: read(leaf).notAfterSeconds })).toBe('validity');
    expect(await why(leaf, { nowSeconds: read(leaf).notAfterSeconds - 1 })).toBe('ok');
  });

  test('one under an authority that has ended, anchor or not', async () => {
    const ended = await authority({ to: NOW - 1 });
    expect(await why(await deviceCertificate(ended), { anchors: [read(ended)] })).toBe('no_path');
    const sub = await authority({ by: root, subject: 'CN=Ended', to: NOW - 1 });
    expect(await why(await deviceCertificate(sub), { intermediates: [read(sub)] })).toBe('no_path');
  });

  test('one of another authority with the same name, or with its own certificate as chain', async () => {
    const twin = await authority();
    const own = await deviceCertificate(twin);
    expect(await why(own)).toBe('no_path');
    expect(await why(own, { intermediates: [read(twin)] })).toBe('no_path');
    expect(await why(leaf, { anchors: [] })).toBe('no_path');
  });

  test('one that a device’s certificate has signed', async () => {
    const own = await deviceCertificate(leaf);
    expect(await why(own, { intermediates: [read(leaf)] })).toBe('no_path');
    expect(await why(own, { anchors: [read(leaf)] })).toBe('no_path');
  });

  test('one under an authority that may not sign certificates', async () => {
    const ca = new BasicConstraintsExtension(true, undefined, true);
    for (const extensions of [
      [ca],
      [ca, new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
      [new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
    ]) {
      const sub = await authority({ by: root, subject: 'CN=Weak', extensions });
      expect(await why(await deviceCertificate(sub), { intermediates: [read(sub)] })).toBe('no_path');
    }
  });

  test('a path longer than an authority allows', async () => {
    const short = await authority({ pathLength: 0, subject: 'CN=Short' });
    expect(await why(await deviceCertificate(short), { anchors: [read(short)] })).toBe('ok');
    const sub = await authority({ by: short, subject: 'CN=Sub' });
    const own = await deviceCertificate(sub);
    expect(await why(own, { anchors: [read(short)], intermediates: [read(sub)] })).toBe('no_path');
  });

  test('an authority itself, one for servers, or one that may not sign', async () => {
    expect(await why(root)).toBe('not_for_clients');
    const signs = new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true);
    const server = [signs, new ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1'])];
    expect(await why(await deviceCertificate(root, { extensions: server }))).toBe('not_for_clients');
    const agrees = [new KeyUsagesExtension(KeyUsageFlags.keyAgreement, true)];
    expect(await why(await deviceCertificate(root, { extensions: agrees }))).toBe('not_for_clients');
    expect(await why(await deviceCertificate(root, { extensions: [signs] }))).toBe('ok');
  });

  test('what is revoked: the certificate, or an authority on the way', async () => {
    const sub = await authority({ by: root, subject: 'CN=Sub', serial: '0a01' });
    const own = await deviceCertificate(sub, { serial: '0b02' });
    const authorities = [read(root), read(sub)];
    const revocationsOf = async (by: Issued, serials: readonly string[]) => {
      const list = await readRevokedList(await revokedList(by, serials), authorities);
      return list === null ? [] : [{ issuer: list.issuer, serials: new Set(list.serials) }];
    };
    const intermediates = [read(sub)];
    expect(await why(own, { intermediates })).toBe('ok');
    for (const [by, serials, result] of [
      [sub, ['0b02'], 'revoked'],
      [root, ['0a01'], 'revoked'],
      [root, ['0b02'], 'ok'],
      [sub, ['0b03'], 'ok'],
    ] as const) {
      const revocations = await revocationsOf(by, serials);
      expect(revocations).toHaveLength(1);
      expect([serials, await why(own, { intermediates, revocations })]).toEqual([serials, result]);
    }
    expect(await readRevokedList(await revokedList(await authority(), ['0b02']), authorities)).toBeNull();
    expect(await readRevokedList('nonsense', authorities)).toBeNull();
  });
});

describe('what is not read', () => {
  test('SHA-1, limits that are not understood, doubled extensions, other bytes', async () => {
    const unknown = new Extension('1.2.3.4', true, new Uint8Array([5, 0]));
    const names = new Extension('2.5.29.30', false, new Uint8Array([0x30, 0]));
    const sha1 = await deviceCertificate(root, { hash: 'SHA-1' }).catch(() => null);
    if (sha1 !== null) expect(readCertificate(derOf(sha1))).toBeNull();
    for (const extensions of [[unknown], [names]]) {
      expect(readCertificate(derOf(await deviceCertificate(root, { extensions })))).toBeNull();
    }
    const der = derOf(leaf);
    for (const bytes of [
      new Uint8Array(0),
      der.slice(0, 40),
      new Uint8Array(9000),
      new Uint8Array(100).fill(0x30),
    ]) {
      expect(readCertificate(bytes)).toBeNull();
    }
  });

  test('a bundle of no authorities, too many, or the same twice', async () => {
    expect(readBundle(pemOf(root)).ok).toBe(true);
    for (const text of ['', 'text', pemOf(leaf), pemOf(root, leaf), pemOf(root, root)]) {
      expect(readBundle(text).ok).toBe(false);
    }
    const many = await Promise.all(Array.from({ length: 11 }, (_, at) => authority({ subject: `CN=${at}` })));
    expect(readBundle(pemOf(...many)).ok).toBe(false);
    expect(readBundle(pemOf(...many.slice(1))).ok).toBe(true);
  });
});

describe('the fields of a certificate', () => {
  test('become session tags and source identity', async () => {
    const own = await deviceCertificate(root, {
      subject: 'CN=sensor-7, OU=North, OU=Roof, O=Example',
      dns: 's7.example.com',
    });
    const tags = certificateTags(read(own));
    expect(tags.ok && new Map(tags.value.map(({ Key, Value }) => [Key, Value]))).toEqual(
      new Map([
        ['x509Subject/CN', 'sensor-7'],
        ['x509Subject/OU', 'North/Roof'],
        ['x509Subject/O', 'Example'],
        ['x509Issuer/CN', 'Root'],
        ['x509Issuer/O', 'Example'],
        ['x509SAN/DNS', 's7.example.com'],
      ]),
    );
    expect(sourceIdentityOf(read(own))).toBe('sensor-7');
    expect(sourceIdentityOf(read(await deviceCertificate(root, { subject: 'CN=a b' })))).toBeNull();
    expect(sourceIdentityOf(read(await deviceCertificate(root, { subject: 'O=Example' })))).toBeNull();
  });

  test('that are too long are refused, never cut', async () => {
    const own = await deviceCertificate(root, { subject: `CN=${'x'.repeat(257)}` });
    expect(certificateTags(read(own)).ok).toBe(false);
  });
});
