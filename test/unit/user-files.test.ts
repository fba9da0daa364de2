import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { findUserFiles, type UserFiles } from '../../main/stack/user-files.ts';
import { memoryFiles, type Files } from './memory-files.ts';

function found(env: Record<string, string>, files: Files = {}): UserFiles {
  return findUserFiles({
    files: [],
    envFiles: [],
    composeProfiles: [],
    directory: '/p',
    env,
    source: memoryFiles({ '/p/compose.yaml': '', ...files }),
    path: posix,
  });
}

test.each<[what: string, env: Record<string, string>, files: Files, name: string | undefined]>([
  ['set', { COMPOSE_PROJECT_NAME: 'mine' }, {}, 'mine'],
  ['set in .env', {}, { '/p/.env': 'COMPOSE_PROJECT_NAME=mine' }, 'mine'],
  ['empty', { COMPOSE_PROJECT_NAME: '' }, {}, undefined],
  ['empty in .env', {}, { '/p/.env': 'COMPOSE_PROJECT_NAME=' }, undefined],
  ['empty over .env', { COMPOSE_PROJECT_NAME: '' }, { '/p/.env': 'COMPOSE_PROJECT_NAME=mine' }, undefined],
])('COMPOSE_PROJECT_NAME that is %s', (_what, env, files, name) => {
  expect(found(env, files).projectName).toBe(name);
});
