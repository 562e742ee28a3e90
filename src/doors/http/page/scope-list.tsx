import type { ScopeInWords } from '../../../usecases/scopes-in-words.ts';

/** What an application asks for, in words; without scopes it is all that the role may do. */
export function ScopeList({ scopes }: { readonly scopes: readonly ScopeInWords[] }) {
  if (scopes.length === 0) return <>Everything that the role may do</>;
  return (
    <ul class="plain">
      {scopes.map(({ name, description }) => (
        <li>
          {description !== null && description !== '' && <bdi>{description} </bdi>}
          <code class="muted small">{name}</code>
        </li>
      ))}
    </ul>
  );
}
