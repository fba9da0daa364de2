import { z } from 'zod';
import type { CallOutput, FirstMessage } from '../channels.ts';
import { failure } from '../errors.ts';
import { offered } from './likely-model.ts';
import { ask, type ServerApi } from './server-api.ts';

const NAME = 'first-agent';
/** Agents of that name without it are somebody else's: their model is not touched. */
const TAG = 'letta-stack';

const Models = z.array(z.object({ handle: z.string(), model_endpoint: z.string().nullish() }));
const Agents = z.array(z.object({ id: z.string() }));
const Agent = z.object({ id: z.string() });
const Answered = z.object({
  messages: z.array(
    z.looseObject({
      message_type: z.string().optional(),
      content: z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]).optional(),
    }),
  ),
});

/** A V1 server lists models of Letta's own cloud whatever is set; nobody who sets up their own server asked for those. */
const CLOUD = /^https:\/\/[\w.-]*\.letta\.com(\/|$)/;

/** The models that a V1 server offers to agents, of providers that were set. @throws Failure `app.api-refused`, `app.api-silent` */
export async function modelsOf(api: ServerApi): Promise<CallOutput<'models'>> {
  const found = await ask(api, 'The models cannot be read', Models, 'GET', '/v1/models/');
  return offered(found.filter((m) => !CLOUD.test(m.model_endpoint ?? '')).map((m) => m.handle));
}

/**
 * Sends a message to the first agent of a V1 server, which is made where it is not there yet, and gives what it answers.
 * @throws Failure `app.api-refused`, `app.api-silent`, `app.no-answer`
 */
export async function firstMessage(
  api: ServerApi,
  { model, text }: Omit<FirstMessage, 'project'>,
): Promise<CallOutput<'firstMessage'>> {
  const id = await firstAgent(api, model);
  const body = { messages: [{ role: 'user', content: text }] };
  const what = 'The agent does not answer';
  const { messages } = await ask(api, what, Answered, 'POST', `/v1/agents/${id}/messages`, body);
  const answer = messages
    .filter((m) => m.message_type === 'assistant_message')
    .map(({ content = '' }) =>
      typeof content === 'string' ? content : content.map((part) => part.text ?? '').join(''),
    )
    .join('\n');
  if (answer === '') throw failure('app.no-answer', { model });
  return { agent: NAME, answer };
}

/** Id of the agent, with this model. */
async function firstAgent(api: ServerApi, model: string): Promise<string> {
  const [known] = await ask(
    api,
    'The agents cannot be read',
    Agents,
    'GET',
    `/v1/agents/?name=${NAME}&tags=${TAG}&limit=1`,
  );
  if (known) {
    const path = `/v1/agents/${known.id}`;
    return (await ask(api, 'The agent cannot be given this model', Agent, 'PATCH', path, { model })).id;
  }
  const embeddings = await ask(api, 'The models cannot be read', Models, 'GET', '/v1/models/embedding');
  const [embedding] = embeddings.filter(isNear(model)).concat(embeddings);
  const agent = await ask(api, 'The agent cannot be made', Agent, 'POST', '/v1/agents/', {
    name: NAME,
    tags: [TAG],
    model,
    ...(embedding && { embedding: embedding.handle }),
    memory_blocks: [
      { label: 'persona', value: 'I am a friendly assistant who remembers what I am told.' },
      { label: 'human', value: '' },
    ],
  });
  return agent.id;
}

/** Of the same provider as the model: its key is there. */
const isNear =
  (model: string) =>
  ({ handle }: { handle: string }): boolean =>
    handle.split('/')[0] === model.split('/')[0]?.replace(/-proxy$/, '');
