/** A line of a file is cut after so many characters. */
const LONGEST = 400;
const MASK = '•••';

/** Parts of a Compose file whose entries have names of the user's own. */
const NAMED: ReadonlySet<string> = new Set(['services', 'networks', 'volumes', 'secrets', 'configs']);
const PLAIN: ReadonlySet<string> = new Set(['name', 'version', 'include']);
/** Keys whose values cannot hold a secret; of any other one, also of one that is misspelt, nobody knows. */
const SHOWN: ReadonlySet<string> = new Set(
  [
    '<< aliases blkio_config build cap_add cap_drop cgroup condition configs container_name context count cpu_count',
    'cpu_percent cpus cpuset count create_host_path depends_on deploy device_ids devices disable dns dns_search',
    'dockerfile driver expose extends external external_links extra_hosts file gid gpus group_add host_ip hostname',
    'image init interface_name internal interval ipam ipc ipv4_address ipv6_address isolation limits links mac_address',
    'healthcheck mem_limit mem_reservation memory memswap_limit mode name network network_mode networks no_cache nocopy pid pids',
    'pids_limit platform platforms ports priority privileged profiles project_directory propagation protocol published',
    'pull pull_policy read_only replicas required reservations resources restart retries runtime scale secrets',
    'security_opt service shm_size size soft hard source start_interval start_period stdin_open stop_grace_period',
    'stop_signal storage_opt subnet subpath sysctls tags target timeout tmpfs tty type uid ulimits user userns_mode uts',
    'volume volumes volumes_from working_dir path capabilities bind',
  ].flatMap((line) => line.split(' ')),
);

const KEY =
  /^(?<dashes>(?:-\s+)*)(?<quote>["']?)(?<key>[^\s"'#:,[\]{}&*!|>%@`][^"'#]*?)\k<quote>\s*:(?:\s+(?<value>.*))?$/;
const ITEM = /^(?<dashes>(?:-\s+)*-)(?:\s+(?<value>.*))?$/;
/** `postgres://letta:word@db` */
const LOGIN = /(:\/\/)[^\s/@]+@/g;

/**
 * The lines of a Compose file as a screen may show them: keys, and the values of those keys that hold no secret. What
 * stands in the environment of a service, its arguments, its command or a comment does not.
 */
export function shownLines(lines: readonly string[]): string[] {
  let open: { readonly indent: number; readonly key: string }[] = [];
  return lines.map((line) => {
    const text = line.trimStart();
    const indent = line.length - text.length;
    if (text === '') return '';
    if (text.startsWith('#')) return cut(`${line.slice(0, indent)}# ${MASK}`);
    const found = KEY.exec(text)?.groups;
    if (!found) {
      open = open.filter((o) => o.indent < indent || (o.indent === indent && text.startsWith('-')));
      return cut(
        isShown(open) ? sound(line) : masked(line, indent, ITEM.exec(text)?.groups?.['dashes'] ?? ''),
      );
    }
    const { dashes = '', key = '', value = '' } = found;
    const at = indent + dashes.length;
    open = [...open.filter((o) => o.indent < at), { indent: at, key }];
    if (value === '' || isShown(open)) return cut(sound(line));
    return cut(`${line.slice(0, line.length - value.length)}${marksOnly(value)}`);
  });
}

/** Whether what stands at a place can be shown. */
function isShown(open: readonly { readonly key: string }[]): boolean {
  const [top, , ...rest] = open.map((o) => o.key);
  if (top === undefined || PLAIN.has(top)) return true;
  return NAMED.has(top) && rest.every((key) => SHOWN.has(key));
}

/** Anchors, tags and the marks of a block scalar say how a value is read, not what it is. */
const marksOnly = (value: string): string => (/^([&!*][^\s]*|[|>][-+\d]*)$/.test(value) ? value : MASK);

/** A value of a shown key: without a login, without a mapping in one line, which has keys of its own, without a comment. */
const sound = (line: string): string =>
  line
    .replaceAll(LOGIN, `$1${MASK}@`)
    .replace(/\{.*:.*$/, MASK)
    .replace(/\s#.*$/, '');

const masked = (line: string, indent: number, dashes: string): string =>
  `${line.slice(0, indent)}${dashes === '' ? '' : `${dashes} `}${MASK}`;

const cut = (line: string): string => (line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line);
