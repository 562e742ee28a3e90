/** Form pieces: label above, help below, error at the field and in a summary that takes the focus. */
import type { Child } from 'hono/jsx';

/** What is wrong with one field, or with the whole form where `field` is null. */
export interface FieldError {
  readonly field: string | null;
  readonly message: string;
}

/** The summary at the top of a form; it takes the focus when the page loads. Nothing where nothing is wrong. */
export function ErrorSummary({ errors }: { readonly errors: readonly FieldError[] }) {
  if (errors.length === 0) return null;
  return (
    <div class="notice danger" role="alert" tabindex={-1} autofocus>
      <h2>{errors.length === 1 ? 'There is a problem' : 'There are problems'}</h2>
      <ul>
        {errors.map(({ field, message }) => (
          <li>{field === null ? message : <a href={`#${field}`}>{message}</a>}</li>
        ))}
      </ul>
    </div>
  );
}

export interface TextFieldProps {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'password';
  /** Tells browsers and password managers what belongs here, such as `current-password`. */
  readonly autocomplete: string;
  readonly help?: Child;
  /** What was typed before; never a secret. */
  readonly value?: string;
  readonly errors: readonly FieldError[];
  /** Digits for codes. */
  readonly inputmode?: 'numeric' | 'text' | 'email';
  readonly maxlength?: number;
  /** Only one field of a page, and none where there are errors: the summary has the focus then. */
  readonly focus?: boolean;
  readonly code?: boolean;
  readonly optional?: boolean;
}

/** A labelled field with its help and its error. */
export function TextField(props: TextFieldProps) {
  const { name, label, type = 'text', help, errors, value } = props;
  const error = errors.find(({ field }) => field === name);
  const described = [help !== undefined && `${name}-help`, error !== undefined && `${name}-error`];
  const describedBy = described.filter((id) => id !== false).join(' ');
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {error !== undefined && (
        <p class="error" id={`${name}-error`}>
          {error.message}
        </p>
      )}
      <input
        id={name}
        name={name}
        type={type}
        class={props.code === true ? 'code' : ''}
        value={value ?? ''}
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required={props.optional !== true}
        {...(props.inputmode !== undefined && { inputmode: props.inputmode })}
        {...(props.maxlength !== undefined && { maxlength: props.maxlength })}
        {...(error !== undefined && { 'aria-invalid': 'true' })}
        {...(describedBy !== '' && { 'aria-describedby': describedBy })}
        {...(props.focus === true && errors.length === 0 && { autofocus: true })}
      />
      {help !== undefined && (
        <p class="help" id={`${name}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

/** Name of the field that carries the token against forged requests. */
export const CSRF_FIELD = 'csrf';

export interface PostFormProps {
  /** A path of ours. */
  readonly action: string;
  readonly csrf: string;
  readonly class?: string;
  /** Hidden fields. */
  readonly hidden?: Readonly<Record<string, string>>;
  readonly children?: Child;
}

/** A form that changes something: it carries the token of this visitor. */
export function PostForm({ action, csrf, hidden, children, ...rest }: PostFormProps) {
  return (
    <form method="post" action={action} class={rest.class ?? 'stack'}>
      <Hidden csrf={csrf} fields={hidden ?? {}} />
      {children}
    </form>
  );
}

function Hidden(props: { readonly csrf: string; readonly fields: Readonly<Record<string, string>> }) {
  return (
    <>
      <input type="hidden" name={CSRF_FIELD} value={props.csrf} />
      {Object.entries(props.fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  );
}

export interface PasskeyFormProps extends PostFormProps {
  readonly ceremony: 'register' | 'authenticate';
  /** The path that answers the ceremony's options. */
  readonly options: string;
  /** Whether the browser may offer passkeys at a field whose `autocomplete` ends in `webauthn`. */
  readonly autofill?: boolean;
}

/** A form whose answer comes from a passkey: its buttons work once the page's script runs. */
export function PasskeyForm({
  action,
  csrf,
  hidden,
  children,
  ceremony,
  options,
  autofill = false,
  ...rest
}: PasskeyFormProps) {
  return (
    <form
      method="post"
      action={action}
      class={rest.class ?? 'stack'}
      data-passkey={ceremony}
      data-options={options}
      {...(autofill && { 'data-autofill': '' })}
    >
      <Hidden csrf={csrf} fields={{ ...hidden, response: '' }} />
      <p class="notice danger" role="alert" data-passkey-message hidden />
      {children}
      <noscript>
        <p class="muted small">Passkeys need JavaScript in this browser.</p>
      </noscript>
    </form>
  );
}
