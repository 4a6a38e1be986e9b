/** The document of an update: what was given, in upstream's form (spec 22 section 6). */
import * as E from 'fp-ts/lib/Either.js'
import { equal, is, match } from 'uvu/assert'
import { suite } from '../../../properties/testing/suite.ts'
import { parseInvocation } from '../grammar/invocation.ts'
import { updateMembers } from './update-request.ts'

const test = suite('update request')

const built = (words: string): E.Either<string, string> => {
  const parsed = parseInvocation(
    ['update', ...words.split(' ').filter((w) => w !== ''), 'c'],
    {},
    '0',
  )
  if (E.isLeft(parsed)) throw new Error(parsed.left.text)
  const members = updateMembers(parsed.right.flags)
  return E.isLeft(members) ? E.left(members.left) : E.right(JSON.stringify(members.right))
}

const text = (words: string): string => {
  const result = built(words)
  if (E.isLeft(result)) throw new Error(result.left)
  return result.right
}

test('CLI-UPDATE-01: the recorded request, and nothing that was not given', () => {
  is(text('-m 80m'), '{"Memory":83886080}')
  is(text(''), '{}')
})

test('each flag has its member', () => {
  const words =
    '--restart on-failure:3 --cpu-shares 2 --cpus 0.5 --cpuset-cpus 0-1 --cpuset-mems 0 ' +
    '--memory-reservation 8m --memory-swap -1 --pids-limit -1 --cpu-period 1000 --cpu-quota 2000'
  equal(JSON.parse(text(words)), {
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
    CPUShares: 2,
    NanoCpus: 500_000_000,
    CPUPeriod: 1_000,
    CPUQuota: 2_000,
    CpusetCpus: '0-1',
    CpusetMems: '0',
    MemoryReservation: 8_388_608,
    MemorySwap: -1,
    PidsLimit: -1,
  })
})

test('what cannot be read is refused before any call', () => {
  for (const words of ['-m lots', '--cpus x', '--restart sometimes']) {
    const result = built(words)
    is(E.isLeft(result), true, words)
    match(E.isLeft(result) ? result.left : '', words.split(' ')[1] ?? '')
  }
})

test.run()
