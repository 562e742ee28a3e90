/** What an application asks for, by name. */
export function ScopeList({ scope }: { readonly scope: readonly string[] }) {
  if (scope.length === 0) return <>everything that the role may do</>;
  return (
    <ul class="plain">
      {scope.map((name) => (
        <li>
          <code>{name}</code>
        </li>
      ))}
    </ul>
  );
}
