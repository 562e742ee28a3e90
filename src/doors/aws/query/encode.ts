/**
 * AWS Query, the way out: a value and its shape become the answer's XML, a fault becomes the error document.
 * @see Smithy documentation, "AWS query protocol", sections "Response serialization" and "Error serialization"
 */
import {
  element,
  nothing,
  type Output,
  type OutputMembers,
  type OutputValue,
  writeMembers,
} from './shape.ts';
import { escapeXml } from './xml.ts';

/** The content type of every answer. */
export const XML_CONTENT_TYPE = 'text/xml';

/** What a successful answer says. */
export interface Answer<O extends Output> {
  /** The action's name; its answer is `<NAMEResponse>` with `<NAMEResult>`. */
  readonly action: string;
  /** The service's XML namespace, e.g. `https://sts.amazonaws.com/doc/2011-06-15/`. */
  readonly namespace: string;
  readonly output: O;
  readonly value: OutputValue<O>;
  /** The same id as in the header `x-amzn-RequestId`, which SDKs prefer. */
  readonly requestId: string;
}

/** What a refusal says. */
export interface ErrorAnswer {
  readonly namespace: string;
  /** Who has to change something: the caller, or Daypass. */
  readonly type: 'Sender' | 'Receiver';
  /** The wire code, e.g. `AccessDenied`. */
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

/**
 * Writes a successful answer. A result element stands there even when it is empty: without it the JavaScript SDK
 * answers silently with nothing and the AWS CLI crashes. Only an action whose output is `nothing` has none.
 * @throws TypeError when the value lacks a member that its shape promises
 */
export function encodeAnswer<O extends Output>(answer: Answer<O>): string {
  const result = encodeResult(answer.action, answer.output, answer.value);
  const metadata = element('ResponseMetadata', element('RequestId', escapeXml(answer.requestId)));
  return document(`${answer.action}Response`, answer.namespace, result + metadata);
}

/** Writes an error document. */
export function encodeError({ namespace, type, code, message, requestId }: ErrorAnswer): string {
  const error =
    element('Type', type) + element('Code', escapeXml(code)) + element('Message', escapeXml(message));
  return document(
    'ErrorResponse',
    namespace,
    element('Error', error) + element('RequestId', escapeXml(requestId)),
  );
}

function encodeResult<O extends Output>(action: string, output: O, value: OutputValue<O>): string {
  if (output === nothing) return '';
  const members = output as OutputMembers; // the only other kind of output; a generic does not narrow
  return element(`${action}Result`, writeMembers(members, value as never)); // OutputValue ties it to the members
}

const document = (root: string, namespace: string, content: string): string =>
  `<${root} xmlns="${escapeXml(namespace)}">${content}</${root}>`;
