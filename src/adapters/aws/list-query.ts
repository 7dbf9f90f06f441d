/** What ListObjectsV2 and ListObjectVersions are asked. S3 API Reference, "URI Request Parameters" of each. */
import type { KeyPageRequest } from '../../inventory/ports.js';

/** Unencoded, and not yet in order. A token is all a continued listing needs, and goes before a key. */
export function listQuery(
  { prefix, from = {}, delimiter, maxKeys }: KeyPageRequest,
  hasVersions: boolean,
): Record<string, string> {
  const { key, version, token } = from;
  return {
    ...(hasVersions ? { versions: '' } : { 'list-type': '2' }),
    'encoding-type': 'url',
    ...(prefix !== '' && { prefix }),
    ...(delimiter !== undefined && { delimiter }),
    ...(maxKeys !== undefined && { 'max-keys': String(maxKeys) }),
    ...(hasVersions && key !== undefined && { 'key-marker': key }),
    ...(hasVersions && version !== undefined && { 'version-id-marker': version }),
    ...(!hasVersions && token !== undefined && { 'continuation-token': token }),
    ...(!hasVersions && token === undefined && key !== undefined && { 'start-after': key }),
  };
}
