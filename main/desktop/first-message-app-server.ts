import { z } from 'zod';
import type { CallOutput, FirstMessage } from '../channels.ts';
import { failure } from '../errors.ts';
import { askAppServer } from './app-server-protocol.ts';
import { offered } from './likely-model.ts';
import { ask, type ServerApi } from './server-api.ts';

const NAME = 'first-agent';
/** By it the agent is found again, whatever its name is by then: the server looks for none by name. */
const TAG = 'letta-stack:first-agent';

/** Of a provider that is set; `null` where looking failed. */
const Models = z.object({ available_handles: z.array(z.string()) });
const Named = z.object({ id: z.string(), name: z.string() });
const Agents = z.object({ agents: z.array(Named) });
const Made = z.object({ agent_id: z.string() });
const Updated = z.object({ agent: Named });
const Completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/** The models that an App Server offers to agents now. @throws Failure `app.api-refused`, `app.api-silent` */
export async function modelsOf(api: ServerApi): Promise<CallOutput<'models'>> {
  // without `force` it answers out of a cache, which a provider that was started since is not in
  const look = () => askAppServer(api, 'The models cannot be read', Models, 'list_models', { force: true });
  // it looks at its providers twice at once, and the second look cancels the first, whose list it then tells: after its
  // start that one has no model of Ollama or LM Studio (letta-code 0.32.18); what was found it tells the next time
  await look();
  return offered((await look()).available_handles);
}

/**
 * Sends a message to the first agent of an App Server, which is made where it is not there yet, and gives what it
 * answers: over OpenAI's API, to which each agent is a model.
 * @throws Failure `app.api-refused`, `app.api-silent`, `app.no-answer`
 */
export async function firstMessage(
  api: ServerApi,
  { model, text }: Omit<FirstMessage, 'project'>,
): Promise<CallOutput<'firstMessage'>> {
  const agent = await firstAgent(api, model);
  const what = 'The agent does not answer';
  const body = { model: agent.id, messages: [{ role: 'user', content: text }] };
  const { choices } = await ask(api, what, Completion, 'POST', '/v1/chat/completions', body);
  const answer = choices.map((c) => c.message.content).join('\n');
  if (answer === '') throw failure('app.no-answer', { model });
  return { agent: agent.name, answer };
}

/** The agent, with this model. */
async function firstAgent(api: ServerApi, model: string): Promise<z.infer<typeof Named>> {
  const query = { tags: [TAG], limit: 1 };
  const { agents } = await askAppServer(api, 'The agents cannot be read', Agents, 'agent_list', { query });
  const [known] = agents;
  if (known) return update(api, 'The agent cannot be given this model', known.id, { model });
  const { agent_id: id } = await askAppServer(api, 'The agent cannot be made', Made, 'create_agent', {
    // what `letta` itself makes, with its prompt and memory; one that is made of a body has none
    personality: 'memo',
    model,
    tags: [TAG],
    pin_global: false,
  });
  return update(api, 'The agent cannot be named', id, { name: NAME });
}

async function update(api: ServerApi, what: string, agent_id: string, body: object) {
  return (await askAppServer(api, what, Updated, 'agent_update', { agent_id, body })).agent;
}
