import type { ServiceState } from '../../contract.ts';
import { nextOf, say } from '../../errors.ts';
import { otherParser } from '../../gpu/tool-parsers.ts';
import type { Check, CheckResult, DoctorContext, DoctorStack } from '../doctor-types.ts';
import { whereEngine } from './parts.ts';

/** vLLM tells its reason before the traces of two processes, so far from the end. */
const LINES = 400;

interface Reason {
  readonly said: RegExp;
  readonly detail: string;
  readonly fix: string;
  /** where it is set */
  readonly setting: string;
}

const SMALLER =
  'letta-stack gpu says what fits. Choose a smaller model (letta-stack settings set{stack} model OWNER/NAME), or a shorter context (max-length).';

/** The context that is set, and the longest of the model (vllm/config/model.py). */
const KNOWS = /max_model_len \((\d+)\) is greater than the derived max_model_len \(\D*(\d+)/g;

/** Why vLLM does not come up, by its own words (vllm/v1/core/kv_cache_utils.py, v1/worker, model_executor/models/registry.py). */
const REASONS: readonly Reason[] = [
  {
    said: /is less than desired GPU memory utilization/,
    detail: 'other programs have the memory of the GPU',
    fix: 'End them, or give vLLM less: letta-stack settings set{stack} gpu-share 0.7',
    setting: 'gpu-share',
  },
  {
    said: /No available memory for the cache blocks|CUDA out of memory|OutOfMemoryError/,
    detail: 'the model does not fit into the memory of the GPU',
    fix: SMALLER,
    setting: 'model',
  },
  {
    said: /Model architectures .* are not supported/,
    detail: 'this version of vLLM does not know the model',
    fix: 'Choose another model, or a newer image: letta-stack settings set{stack} vllm-image IMAGE',
    setting: 'vllm-image',
  },
  {
    said: /Bfloat16 is only supported on GPUs with compute capability/,
    detail: 'the GPU is too old for the numbers that the model is made of',
    fix: 'Let it use others: letta-stack settings set{stack} vllm-arguments -- "--dtype half"',
    setting: 'vllm-arguments',
  },
  {
    said: /invalid tool call parser/,
    detail: 'vLLM has no parser of that name for calls of tools',
    fix: "Choose one of vLLM's list: letta-stack settings set{stack} tool-parser hermes",
    setting: 'tool-parser',
  },
];

/** Whether the model on the GPU is loaded, and if it is not, why not, by the log of what loads it. */
export const checkModel: Check = {
  id: 'model',
  title: 'Model on the GPU',
  category: 'stack',
  applicable: whereEngine((stack) => modelService(stack) !== undefined),
  run: async (ctx) => {
    const name = modelService(await ctx.stack())!;
    const status = (await ctx.state()).services.find((s) => s.name === name)?.status ?? 'absent';
    if (status === 'healthy')
      return (await parserOf(ctx)) ?? { status: 'ok', detail: `${name} has loaded it` };
    const reason = await reasonOf(ctx, name);
    if (!reason) return noReason(name, status);
    // what it said may be of the try before: it is made again and again
    return isLoading(status)
      ? { ...reason, status: 'warn', detail: `${reason.detail}; that was before, and it tries again` }
      : reason;
  },
};

const modelService = ({ services }: DoctorStack): string | undefined =>
  services.find((s) => s.reservesGpu)?.name;

async function reasonOf(ctx: DoctorContext, name: string): Promise<CheckResult | undefined> {
  const log = await ctx.lastLines(name, LINES);
  const { settings } = await ctx.stack();
  const length = settings.find((s) => s.name === 'max-length');
  const shorter = (longest: string | undefined): Pick<CheckResult, 'remedy'> =>
    longest !== undefined && length
      ? { remedy: { do: 'use-value', setting: length.name, value: longest } }
      : {};
  // by now it is the log of several tries: what it said last counts
  const knows = [...log.matchAll(KNOWS)].at(-1);
  if (knows) {
    const [, asked, longest] = knows;
    return {
      status: 'fail',
      detail: `${name}: the model knows contexts of ${longest} tokens, and ${asked} are set`,
      fix: `Set what it knows: letta-stack settings set{stack} max-length ${longest}`,
      ...shorter(longest),
    };
  }
  if (/KV cache is needed, which is larger than/.test(log)) {
    const [, longest] = /estimated maximum model length is (\d+)/.exec(log) ?? [];
    const fits = longest === undefined ? '' : `; ${longest} tokens do`;
    return {
      status: 'fail',
      detail: `${name}: a context of that length does not fit beside the model${fits}`,
      fix: SMALLER,
      ...shorter(longest),
    };
  }
  const found = REASONS.find(({ said }) => said.test(log));
  if (!found) return undefined;
  const { detail, fix, setting } = found;
  const isSet = settings.some((s) => s.name === setting);
  return {
    status: 'fail',
    detail: `${name}: ${detail}`,
    fix,
    ...(isSet && { remedy: { do: 'open-setting', name: setting } }),
  };
}

/** Whether it runs with a parser that agents cannot call tools by: nothing else tells, as it answers all the same. */
async function parserOf(ctx: DoctorContext): Promise<CheckResult | undefined> {
  const { settings } = await ctx.stack();
  const other = otherParser((name) => settings.find((s) => s.name === name)?.value);
  if (!other) return undefined;
  const remedy = { do: 'use-value', setting: 'tool-parser', value: String(other.data['wanted']) } as const;
  return { status: 'warn', detail: say(other).message, fix: nextOf(other), remedy };
}

/** Its log names no reason that we know: it is loading, or nobody asked it to. */
function noReason(name: string, status: ServiceState['status']): CheckResult {
  if (!['running', 'starting', 'unhealthy', 'restarting', 'failed'].includes(status))
    return { status: 'skip', detail: `${name} is not running` };
  return {
    status: isLoading(status) ? 'warn' : 'fail',
    detail: isLoading(status)
      ? `${name} does not answer yet; a large model takes minutes to load`
      : `${name} is ${status}, and its log says no reason that is known`,
    fix: `Look what it says: letta-stack logs{stack} ${name}`,
    remedy: { do: 'logs', service: name },
  };
}

const isLoading = (status: ServiceState['status']): boolean => status === 'running' || status === 'starting';
