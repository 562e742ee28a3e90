import { refuse } from '../fault.ts';
import type { Draft } from './draft.ts';

/** @throws Refused with "Policy statement must contain resources." */
export function checkResourcesExist({ statements }: Draft): void {
  for (const { resource, at, path } of statements) {
    if (resource !== null && resource.values.length > 0) continue;
    refuse({ at, path }, 'Policy statement must contain resources.', 'the statement names no resource');
  }
}

/** A trust policy's resource is its role. @throws Refused with "Has prohibited field Resource." */
export function checkNoResources({ statements }: Draft): void {
  for (const { resource } of statements) {
    if (resource === null) continue;
    refuse(
      resource,
      'Has prohibited field Resource.',
      'a trust policy has no resources: it is about its role',
    );
  }
}
