/** Headers of every answer: not stored, not sniffed, not framed, and telling its request id. */
export function answerHeaders(requestId: string, contentType: string): Headers {
  return new Headers({
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-amzn-requestid': requestId,
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
  });
}

/** A JSON answer. */
export function jsonAnswer(
  requestId: string,
  status: number,
  body: unknown,
  extra?: Readonly<Record<string, string>>,
): Response {
  const headers = answerHeaders(requestId, 'application/json');
  for (const [name, value] of Object.entries(extra ?? {})) headers.set(name, value);
  return new Response(JSON.stringify(body), { status, headers });
}
