/** Assets: the style sheet and scripts of the pages. Each path names its content, so browsers may keep them for good. */
import { Fault } from '../../core/faults.ts';
import { type DoorRequest, isRead } from '../http/door.ts';
import { answerHeaders } from '../http/headers.ts';
import { jsonRefusal } from '../http/json-refusal.ts';
import { PAGE_ASSETS } from '../http/page/page-assets.ts';

const ASSETS = new Map(Object.values(PAGE_ASSETS).map((asset) => [asset.path as string, asset]));

/** The paths that this door answers. */
export const ASSET_PATHS: readonly string[] = [...ASSETS.keys()];

export async function assetsDoor(door: DoorRequest): Promise<Response> {
  const { request, url, facts } = door;
  const asset = ASSETS.get(url.pathname);
  if (asset === undefined) return jsonRefusal(door, new Fault('not_found', 'there is nothing here'));
  if (!isRead(request)) return jsonRefusal(door, new Fault('method_not_allowed', 'assets are read by GET'));
  const headers = {
    ...answerHeaders(facts.requestId, asset.contentType),
    'cache-control': 'public, max-age=31536000, immutable',
    'cross-origin-resource-policy': 'same-origin',
  };
  return new Response(asset.text, { headers });
}
