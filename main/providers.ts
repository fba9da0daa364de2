/**
 * The model providers and tools that the servers know, as one table: which keys and addresses each takes, where a key
 * is had, and the call that tries it. Pure. What a server reads was looked up in it: in `letta/settings.py` and
 * `letta/server/server.py` of 0.16.8 for the V1 profiles, in the bundle of 0.32.18 for `app-server`.
 */

/** A key as a secret of a profile. */
export interface ProviderKey {
  /** of the secret, which is the variable that the server reads */
  readonly name: string;
  readonly label: string;
  /** what every such key begins with, where the provider holds to it */
  readonly starts?: readonly string[];
  /** what the whole looks like, where the provider documents it */
  readonly shape?: RegExp;
  /** the same in words */
  readonly looks?: string;
  /** a text of several lines: JSON */
  readonly multiline?: boolean;
}

/** A setting of a profile without which the keys are no use, or which is all that the provider takes. */
export interface ProviderSetting {
  /** as the profiles call it */
  readonly name: string;
  /** the variable that the server reads */
  readonly variable: string;
  /** the provider is used only where it is set */
  readonly isNeeded?: boolean;
}

/** How a call shows the key. `aws` signs it (Signature Version 4). */
export type ProviderAuth =
  | { readonly by: 'none' }
  | { readonly by: 'bearer' }
  | { readonly by: 'header'; readonly header: string; readonly before?: string }
  | { readonly by: 'aws' };

/** Where a server asks for what the provider gives: there keys are tried, and it is asked whether that is reached. */
export interface ProviderAddress {
  /** what the server's own code falls back to, without a slash at its end; absent where it has no such address */
  readonly url?: string;
  /** its variables that give another; the first that is set wins */
  readonly variables?: readonly string[];
}

/** The call that tries a key: a GET that costs nothing and that only a key opens. */
export interface ProviderCall {
  /** in place of the provider's address; `{setting}` stands for a setting's value */
  readonly base?: string;
  readonly path: string;
  /** an end of the base that the path has too: `/v1` */
  readonly without?: string;
  readonly auth: ProviderAuth;
  readonly headers?: Readonly<Record<string, string>>;
  /** the provider answers this with 400 to a key that it does not know */
  readonly refusesWith400?: boolean;
}

export interface Provider {
  readonly id: string;
  readonly title: string;
  /** a cloud with a key, a program on a machine of the user's, or something that tools use */
  readonly kind: 'cloud' | 'own' | 'tool';
  /** in a few words: what one has of it */
  readonly about: string;
  /** page on which a key is made, or the program is had */
  readonly page: string;
  readonly keys: readonly ProviderKey[];
  readonly settings: readonly ProviderSetting[];
  /** absent where it is made of a region, and of what is asked by nobody here */
  readonly address?: ProviderAddress;
  /** absent where no single GET can try it */
  readonly call?: ProviderCall;
}

const BEARER = { by: 'bearer' } as const;

export const PROVIDERS: readonly Provider[] = [
  {
    id: 'openai',
    title: 'OpenAI',
    kind: 'cloud',
    about: 'GPT models and embeddings.',
    page: 'https://platform.openai.com/api-keys',
    keys: [{ name: 'OPENAI_API_KEY', label: 'API key', starts: ['sk-'] }],
    settings: [{ name: 'openai-url', variable: 'OPENAI_BASE_URL' }],
    address: { url: 'https://api.openai.com/v1', variables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'] },
    call: { path: '/models', auth: BEARER },
  },
  {
    id: 'anthropic',
    title: 'Anthropic',
    kind: 'cloud',
    about: 'Claude models; it has no embeddings.',
    page: 'https://console.anthropic.com/settings/keys',
    keys: [{ name: 'ANTHROPIC_API_KEY', label: 'API key', starts: ['sk-ant-'] }],
    settings: [],
    address: { url: 'https://api.anthropic.com/v1' },
    call: {
      path: '/models',
      auth: { by: 'header', header: 'x-api-key' },
      headers: { 'anthropic-version': '2023-06-01' },
    },
  },
  {
    id: 'gemini',
    title: 'Google Gemini',
    kind: 'cloud',
    about: 'Gemini models and embeddings, with a key of AI Studio.',
    page: 'https://aistudio.google.com/apikey',
    keys: [{ name: 'GEMINI_API_KEY', label: 'API key', starts: ['AIza', 'AQ.'] }],
    settings: [],
    address: { url: 'https://generativelanguage.googleapis.com', variables: ['GEMINI_BASE_URL'] },
    call: {
      path: '/v1beta/models',
      auth: { by: 'header', header: 'x-goog-api-key' },
      refusesWith400: true,
    },
  },
  {
    id: 'groq',
    title: 'Groq',
    kind: 'cloud',
    about: 'Open models, answered quickly.',
    page: 'https://console.groq.com/keys',
    keys: [{ name: 'GROQ_API_KEY', label: 'API key', starts: ['gsk_'] }],
    settings: [],
    address: { url: 'https://api.groq.com/openai/v1' },
    call: { path: '/models', auth: BEARER },
  },
  {
    id: 'together',
    title: 'Together',
    kind: 'cloud',
    about: 'Open models of many makers.',
    page: 'https://api.together.ai/settings/api-keys',
    keys: [{ name: 'TOGETHER_API_KEY', label: 'API key' }],
    settings: [],
    address: { url: 'https://api.together.xyz/v1' },
    call: { path: '/models', auth: BEARER },
  },
  {
    id: 'openrouter',
    title: 'OpenRouter',
    kind: 'cloud',
    about: 'Models of many providers with one key.',
    page: 'https://openrouter.ai/settings/keys',
    keys: [{ name: 'OPENROUTER_API_KEY', label: 'API key', starts: ['sk-or-'] }],
    settings: [],
    address: { url: 'https://openrouter.ai/api/v1' },
    // its list of models asks for no key
    call: { path: '/key', auth: BEARER },
  },
  {
    id: 'azure',
    title: 'Azure OpenAI',
    kind: 'cloud',
    about: 'The models that you deployed in a resource of yours.',
    page: 'https://portal.azure.com/#view/Microsoft_Azure_ProjectOxford/CognitiveServicesHub/~/OpenAI',
    keys: [{ name: 'AZURE_API_KEY', label: 'Key of the resource' }],
    settings: [{ name: 'azure-url', variable: 'AZURE_BASE_URL', isNeeded: true }],
    address: { variables: ['AZURE_BASE_URL'] },
    call: {
      path: '/openai/models?api-version=2024-09-01-preview',
      without: '/openai/v1',
      auth: { by: 'header', header: 'api-key' },
    },
  },
  {
    id: 'bedrock',
    title: 'Amazon Bedrock',
    kind: 'cloud',
    about: 'Claude models of an AWS account.',
    page: 'https://console.aws.amazon.com/iam/home#/security_credentials',
    keys: [
      {
        name: 'AWS_ACCESS_KEY_ID',
        label: 'Access key ID',
        shape: /^AKIA[A-Z0-9]{16}$/,
        looks: 'AKIA and 16 capitals or digits',
      },
      {
        name: 'AWS_SECRET_ACCESS_KEY',
        label: 'Secret access key',
        shape: /^[A-Za-z0-9/+]{40}$/,
        looks: '40 letters, digits, / and +',
      },
    ],
    settings: [{ name: 'aws-region', variable: 'AWS_DEFAULT_REGION', isNeeded: true }],
    call: {
      base: 'https://bedrock.{aws-region}.amazonaws.com',
      path: '/foundation-models',
      auth: { by: 'aws' },
    },
  },
  {
    id: 'vertex',
    title: 'Google Vertex AI',
    kind: 'cloud',
    about: 'Gemini models of a Google Cloud project.',
    page: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
    keys: [{ name: 'GOOGLE_CREDENTIALS', label: 'Key file of a service account (JSON)', multiline: true }],
    settings: [
      { name: 'google-project', variable: 'GOOGLE_CLOUD_PROJECT', isNeeded: true },
      { name: 'google-location', variable: 'GOOGLE_CLOUD_LOCATION', isNeeded: true },
    ],
  },
  {
    id: 'deepseek',
    title: 'DeepSeek',
    kind: 'cloud',
    about: 'DeepSeek models.',
    page: 'https://platform.deepseek.com/api_keys',
    keys: [{ name: 'DEEPSEEK_API_KEY', label: 'API key', starts: ['sk-'] }],
    settings: [],
    address: { url: 'https://api.deepseek.com/v1' },
    call: { path: '/models', auth: BEARER },
  },
  {
    id: 'xai',
    title: 'xAI',
    kind: 'cloud',
    about: 'Grok models.',
    page: 'https://console.x.ai',
    keys: [{ name: 'XAI_API_KEY', label: 'API key', starts: ['xai-'] }],
    settings: [],
    address: { url: 'https://api.x.ai/v1' },
    call: { path: '/models', auth: BEARER, refusesWith400: true },
  },
  {
    id: 'zai',
    title: 'Z.ai',
    kind: 'cloud',
    about: 'GLM models.',
    page: 'https://z.ai/manage-apikey/apikey-list',
    keys: [{ name: 'ZAI_API_KEY', label: 'API key' }],
    settings: [],
    address: { url: 'https://api.z.ai/api/paas/v4', variables: ['ZAI_BASE_URL'] },
    call: { path: '/models', auth: BEARER },
  },
  {
    id: 'minimax',
    title: 'MiniMax',
    kind: 'cloud',
    about: 'MiniMax models.',
    page: 'https://platform.minimax.io/user-center/basic-information/interface-key',
    keys: [{ name: 'MINIMAX_API_KEY', label: 'API key' }],
    settings: [],
    address: { url: 'https://api.minimax.io/anthropic' },
    call: {
      path: '/v1/models',
      auth: { by: 'header', header: 'x-api-key' },
      headers: { 'anthropic-version': '2023-06-01' },
    },
  },
  {
    id: 'baseten',
    title: 'Baseten',
    kind: 'cloud',
    about: 'Open models and your own deployments.',
    page: 'https://app.baseten.co/settings/api_keys',
    keys: [{ name: 'BASETEN_API_KEY', label: 'API key' }],
    settings: [],
    address: { url: 'https://inference.baseten.co/v1' },
    call: {
      path: '/models',
      // it takes no bearer token here (letta/schemas/providers/baseten.py)
      auth: { by: 'header', header: 'authorization', before: 'Api-Key ' },
    },
  },
  {
    id: 'fireworks',
    title: 'Fireworks',
    kind: 'cloud',
    about: 'Open models; the V1 server has the key, and lists none of them by itself.',
    page: 'https://app.fireworks.ai/settings/users/api-keys',
    keys: [{ name: 'FIREWORKS_API_KEY', label: 'API key', starts: ['fw_'] }],
    settings: [],
    address: { url: 'https://api.fireworks.ai/inference/v1', variables: ['FIREWORKS_API_BASE'] },
    call: { path: '/models', auth: BEARER },
  },
  {
    id: 'ollama',
    title: 'Ollama',
    kind: 'own',
    about: 'Models on a machine of yours; it asks for no key.',
    page: 'https://ollama.com/download',
    keys: [],
    settings: [{ name: 'ollama-url', variable: 'OLLAMA_BASE_URL', isNeeded: true }],
    address: { variables: ['OLLAMA_BASE_URL'] },
    call: { path: '/api/tags', without: '/v1', auth: { by: 'none' } },
  },
  {
    id: 'lmstudio',
    title: 'LM Studio',
    kind: 'own',
    about: 'Models on a machine of yours; it asks for no key.',
    page: 'https://lmstudio.ai/download',
    keys: [],
    settings: [{ name: 'lmstudio-url', variable: 'LMSTUDIO_BASE_URL', isNeeded: true }],
    address: { variables: ['LMSTUDIO_BASE_URL'] },
    call: { path: '/v1/models', without: '/v1', auth: { by: 'none' } },
  },
  {
    id: 'vllm',
    title: 'vLLM',
    kind: 'own',
    about: 'Models on a GPU of yours; it asks for no key.',
    page: 'https://docs.vllm.ai/en/stable/getting_started/installation/',
    keys: [],
    settings: [{ name: 'vllm-url', variable: 'VLLM_API_BASE', isNeeded: true }],
    address: { variables: ['VLLM_API_BASE'] },
    call: { path: '/v1/models', without: '/v1', auth: { by: 'none' } },
  },
  {
    id: 'sglang',
    title: 'SGLang',
    kind: 'own',
    about: 'Models on a GPU of yours; it asks for no key.',
    page: 'https://docs.sglang.ai/get_started/install.html',
    keys: [],
    settings: [{ name: 'sglang-url', variable: 'SGLANG_API_BASE', isNeeded: true }],
    address: { variables: ['SGLANG_API_BASE'] },
    call: { path: '/v1/models', without: '/v1', auth: { by: 'none' } },
  },
  {
    id: 'mistral',
    title: 'Mistral',
    kind: 'tool',
    about: 'Reads scanned documents that agents are given.',
    page: 'https://console.mistral.ai/api-keys',
    keys: [{ name: 'LETTA_MISTRAL_API_KEY', label: 'API key' }],
    settings: [],
    address: { url: 'https://api.mistral.ai/v1' },
    call: { path: '/models', auth: BEARER },
  },
  {
    id: 'exa',
    title: 'Exa',
    kind: 'tool',
    about: 'Web search for agents.',
    page: 'https://dashboard.exa.ai/api-keys',
    keys: [{ name: 'EXA_API_KEY', label: 'API key' }],
    settings: [],
  },
  {
    id: 'tavily',
    title: 'Tavily',
    kind: 'tool',
    about: 'Web search for agents.',
    page: 'https://app.tavily.com/home',
    keys: [{ name: 'TAVILY_API_KEY', label: 'API key', starts: ['tvly-'] }],
    settings: [],
    address: { url: 'https://api.tavily.com' },
    call: { path: '/usage', auth: BEARER },
  },
  {
    id: 'e2b',
    title: 'E2B',
    kind: 'tool',
    about: 'Runs agents’ tools in a sandbox elsewhere instead of in the server.',
    page: 'https://e2b.dev/dashboard?tab=keys',
    keys: [{ name: 'E2B_API_KEY', label: 'API key', starts: ['e2b_'] }],
    settings: [],
    address: { url: 'https://api.e2b.app' },
    call: { path: '/templates', auth: { by: 'header', header: 'x-api-key' } },
  },
  {
    id: 'modal',
    title: 'Modal',
    kind: 'tool',
    about: 'Runs a tool in a sandbox elsewhere, where the tool asks for it.',
    page: 'https://modal.com/settings/tokens',
    keys: [
      { name: 'MODAL_TOKEN_ID', label: 'Token ID', starts: ['ak-'] },
      { name: 'MODAL_TOKEN_SECRET', label: 'Token secret', starts: ['as-'] },
    ],
    settings: [],
  },
  {
    id: 'huggingface',
    title: 'Hugging Face',
    kind: 'tool',
    about: 'Downloads models that ask for an account.',
    page: 'https://huggingface.co/settings/tokens',
    keys: [{ name: 'HF_TOKEN', label: 'Access token', starts: ['hf_'] }],
    settings: [{ name: 'hf-url', variable: 'HF_ENDPOINT' }],
    address: { url: 'https://huggingface.co', variables: ['HF_ENDPOINT'] },
    call: {
      path: '/api/whoami-v2',
      auth: BEARER,
    },
  },
];

/** What of a provider a profile takes: of one that takes neither its keys nor its addresses there is no card. */
export function providersOf(block: {
  readonly secrets: readonly { readonly name: string }[];
  readonly settings: readonly { readonly name: string }[];
}): Provider[] {
  const secrets = new Set(block.secrets.map((s) => s.name));
  const settings = new Set(block.settings.map((s) => s.name));
  return PROVIDERS.flatMap((provider) => {
    const keys = provider.keys.filter((k) => secrets.has(k.name));
    const its = provider.settings.filter((s) => settings.has(s.name));
    // an address or a region alone is no use where the keys are not taken
    const isTaken = provider.keys.length > 0 ? keys.length === provider.keys.length : its.length > 0;
    return isTaken ? [{ ...provider, keys, settings: its }] : [];
  });
}

/** The key of a secret's name, with whose it is; undefined for what no provider gives. */
export function providerOfKey(name: string): { provider: Provider; key: ProviderKey } | undefined {
  for (const provider of PROVIDERS) {
    const key = provider.keys.find((k) => k.name === name);
    if (key) return { provider, key };
  }
  return undefined;
}

/** Providers of models whose address is known: what a server can be asked whether it reaches. */
export const WITH_ADDRESS: readonly (Provider & { readonly address: ProviderAddress })[] = PROVIDERS.flatMap(
  ({ address, ...provider }) => (address && provider.kind !== 'tool' ? [{ ...provider, address }] : []),
);

/** Variables with an address of a provider of models. */
export const ADDRESS_VARIABLES: readonly string[] = WITH_ADDRESS.flatMap((p) => p.address.variables ?? []);

/** Whose address a variable of the server has; undefined for one that is no provider's of models. */
export const providerOfVariable = (variable: string): Provider | undefined =>
  WITH_ADDRESS.find((p) => p.address.variables?.includes(variable));

/** The setting that a provider's address is; undefined where it has none. */
export const addressSetting = ({ settings, address }: Provider): ProviderSetting | undefined =>
  settings.find((s) => address?.variables?.includes(s.variable));
