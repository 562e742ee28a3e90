const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a URL may be asked from here: https, by name. An IP address, a single-label or internal name is nobody's public address,
 * and may be a neighbour of ours.
 * @param allowLoopbackHttp - local mode alone: `http://` to the machine itself is admitted
 */
export function isPublicAddress(url: URL, allowLoopbackHttp: boolean): boolean {
  if (url.username !== '' || url.password !== '') return false;
  if (LOOPBACK.has(url.hostname)) return allowLoopbackHttp;
  if (url.protocol !== 'https:') return false;
  const host = url.hostname.replace(/\.+$/, '');
  if (host.startsWith('[') || /^[0-9.]+$/.test(host)) return false;
  return host.includes('.') && !/\.(localhost|local|internal|intranet|lan|home|corp|arpa)$/.test(host);
}
