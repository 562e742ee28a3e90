/** Headers of every answer: not stored, not sniffed, not framed, and telling its request id. */
export function answerHeaders(requestId: string, contentType: string): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-amzn-requestid': requestId,
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
  };
}

/** A JSON answer. */
export function jsonAnswer(
  requestId: string,
  status: number,
  body: unknown,
  extra?: Readonly<Record<string, string>>,
): Response {
  const headers = { ...answerHeaders(requestId, 'application/json'), ...extra };
  return new Response(JSON.stringify(body), { status, headers });
}
