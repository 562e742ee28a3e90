import { parseUtf8 } from '../../../core/bytes.ts';
import { Fault } from '../../../core/faults.ts';
import { readBody } from '../body.ts';
import type { DoorRequest } from '../door.ts';
import { requireOwnPage } from './same-origin.ts';

/** The fields of a form; a Map, so that no odd name finds an inherited member. */
export type Form = ReadonlyMap<string, string>;

const MAX_FORM_BYTES = 64 * 1024;
const MAX_FIELDS = 50;
const FORM_TYPE = 'application/x-www-form-urlencoded';

/**
 * Reads a posted form of one of our own pages. The caller compares its token (`requireCsrf`).
 * @throws Fault `method_not_allowed`, `access_denied` for another site's page, `unsupported_media_type`, `request_too_large`,
 * `malformed_query` for doubled fields
 */
export async function readPostedForm(door: DoorRequest): Promise<Form> {
  if (door.request.method !== 'POST') throw new Fault('method_not_allowed', 'a form is sent by POST');
  requireOwnPage(door);
  return readForeignForm(door);
}

/** As `readPostedForm`, whichever page sent it: for what changes nothing by itself. */
export async function readForeignForm({ request }: DoorRequest): Promise<Form> {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== FORM_TYPE) {
    throw new Fault('unsupported_media_type', `a form is sent as ${FORM_TYPE}`);
  }
  const text = parseUtf8(await readBody(request, MAX_FORM_BYTES));
  if (text === null) throw new Fault('malformed_query', 'the form is not UTF-8');
  return parseForm(text);
}

function parseForm(text: string): Form {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name) || fields.size >= MAX_FIELDS) {
      throw new Fault('malformed_query', 'a field of the form stands there twice, or there are too many');
    }
    fields.set(name, value);
  }
  return fields;
}
