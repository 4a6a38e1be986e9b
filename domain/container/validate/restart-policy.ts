/** `--restart` (CLI-CR-42, spec 96 C.5). */
import * as E from 'fp-ts/lib/Either.js'
import { RestartPolicyName, type RestartPolicy } from '../config.ts'
import { refuse, type Checked } from './refusal.ts'

const field = 'HostConfig.RestartPolicy'

const wanted = 'no, always, on-failure[:max-retry] or on-reboot'

/** The document's form; an empty name is `no`. */
export const checkRestartPolicy = (name: string, retries: number): Checked<RestartPolicy> => {
  const word = name === '' ? 'no' : name
  if (!RestartPolicyName.is(word))
    return refuse(field, `Invalid restart policy '${name}': want ${wanted}`)
  if (!Number.isSafeInteger(retries) || retries < 0)
    return refuse(field, `Maximum retry count ${retries} is invalid: want 0 (no limit) or more`)
  if (retries > 0 && word !== 'on-failure')
    return refuse(field, `Maximum restart count not valid with restart policy of '${word}'`)
  return E.right({ Name: word, MaximumRetryCount: retries })
}

/** The flag's form: `always`, `on-failure:3`. */
export const parseRestartPolicy = (text: string): Checked<RestartPolicy> => {
  const [name = '', count, ...rest] = text.split(':')
  if (rest.length > 0 || (count !== undefined && !/^\d{1,9}$/.test(count)))
    return refuse(field, `Invalid restart policy '${text}': want ${wanted}`)
  return checkRestartPolicy(name, Number(count ?? '0'))
}

/** What create accepts beyond the grammar: CLI-SC-24, and auto-remove only with `no` (C.5). */
export const checkRestartAtCreate = (
  policy: RestartPolicy,
  autoRemove: boolean,
): Checked<RestartPolicy> => {
  if (policy.Name === 'unless-stopped')
    return refuse(field, `Restart policy 'unless-stopped' is not supported: want ${wanted}`)
  return autoRemove && policy.Name !== 'no'
    ? refuse(field, `Cannot use restart policy '${policy.Name}' together with automatic removal`)
    : E.right(policy)
}
