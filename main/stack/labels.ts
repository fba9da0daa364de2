/**
 * Labels of containers, networks and volumes. The first group is the docker compose CLI's, which finds and compares
 * a stack's objects by them (compose-semantics: measured with CLI 2.40); the second is ours, added outside the
 * Compose file so that the CLI's config-hash does not change.
 */
export const LABEL = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  oneoff: 'com.docker.compose.oneoff',
  number: 'com.docker.compose.container-number',
  hash: 'com.docker.compose.config-hash',
  version: 'com.docker.compose.version',
  image: 'com.docker.compose.image',
  dependsOn: 'com.docker.compose.depends_on',
  workingDir: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  environmentFile: 'com.docker.compose.project.environment_file',
  replace: 'com.docker.compose.replace',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',

  /** bundled profile's id and version */
  profile: 'letta-stack.profile',
  profileVersion: 'letta-stack.profile-version',
  /** digest of the content of the service's `configs:`; the CLI's hash does not see it */
  content: 'letta-stack.content',
  /** random ids drawn when the service's secrets were set; never derived from their values */
  secrets: 'letta-stack.secrets',
} as const;

/** The CLI version whose labels and hashes we write. */
export const COMPOSE_VERSION = '2.40.3';
