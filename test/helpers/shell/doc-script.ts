/** The shell commands of a documentation page as one script that stops at the first surprise. */

const REFUSED = /^(?<command>.*\S) +# refused: (?<code>[A-Za-z]+)$/;

/** Fails unless the command fails, and with that code; what it said stays out of sight otherwise. */
const PRELUDE = `set -euo pipefail
refused() {
  local code=$1 said; shift
  if said=$("$@" 2>&1); then echo "not refused with $code: $*" >&2; exit 90; fi
  case "$said" in *"($code)"*) ;; *) echo "expected $code from: $*" >&2; echo "$said" >&2; exit 91 ;; esac
}
`;

/**
 * @param page - markdown; its blocks marked \`sh\` are taken, in order
 * @returns a bash script; a command that ends with `# refused: CODE` must fail with that code
 */
export function docScript(page: string): string {
  const blocks = Array.from(page.matchAll(/^```sh\n([\s\S]*?)^```$/gm), ([, block = '']) => block);
  if (blocks.length === 0) throw new Error('the page has no shell block');
  return PRELUDE + blocks.map(expectRefusals).join('\n');
}

/** A refused command may begin on an earlier line: at the last one that starts `aws` or `as` in the first column. */
function expectRefusals(block: string): string {
  const lines = block.split('\n');
  for (const [index, line] of lines.entries()) {
    const { command, code } = REFUSED.exec(line)?.groups ?? {};
    if (command === undefined || code === undefined) continue;
    lines[index] = command;
    const start = lines.slice(0, index + 1).findLastIndex((each) => /^(?:aws|as) /.test(each));
    lines[start] = `refused ${code} ${lines[start]}`;
  }
  return lines.join('\n');
}
