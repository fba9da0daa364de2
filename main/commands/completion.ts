import type { RunCommand } from './command-types.ts';
import { print } from './terminal.ts';

/** All three ask the program itself, so what they offer is what this version takes. Files where it offers nothing. */
const scripts: Readonly<Record<string, string>> = {
  bash: `_letta_stack() {
  local IFS=$'\\n'
  COMPREPLY=($(letta-stack __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _letta_stack letta-stack
`,
  zsh: `#compdef letta-stack
_letta_stack() {
  local -a lines described
  lines=("\${(@f)$(letta-stack __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  local line
  for line in $lines; do
    [[ -n $line ]] || continue
    if [[ $line == *$'\\t'* ]]; then described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    else described+=("\${line//:/\\\\:}"); fi
  done
  if (( \${#described} )); then _describe letta-stack described; else _files; fi
}
if [[ $funcstack[1] == _letta_stack ]]; then _letta_stack "$@"; else compdef _letta_stack letta-stack; fi
`,
  fish: `function __letta_stack_complete
  set -l words (commandline -opc) (commandline -ct)
  letta-stack __complete -- $words[2..-1] 2>/dev/null
end
complete -c letta-stack -f -n '__letta_stack_complete | string length -q' -a '(__letta_stack_complete)'
complete -c letta-stack -F -n 'not __letta_stack_complete | string length -q'
`,
};

export const run: RunCommand = async (call, { terminal }) => {
  await print(terminal, scripts[call.values[0] ?? ''] ?? '');
  return 0;
};
