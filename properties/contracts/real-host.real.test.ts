/** The real adapters keep the contracts of the ports, with crun and with runc. */
// deadline: 120s
import { suite } from '../testing/suite.ts'
import { contracts, runtimeContracts } from './contracts.ts'
import type { Contract } from './host-under-contract.ts'
import { realHost, type RealHost } from './real-host.ts'

const test = suite('contracts on the real host')

const under = (runtime: string, suites: Readonly<Record<string, Contract>>): void => {
  const requirements = ['root', 'program:conmon', 'program:busybox', `program:${runtime}`] as const
  let opened: Promise<RealHost> | undefined
  for (const [name, contract] of Object.entries(suites))
    contract((sentence, body) =>
      test.needs(requirements, `${runtime}, ${name}: ${sentence}`, async () =>
        body(await (opened ??= realHost(runtime))),
      ),
    )
  test.after(async () => (await opened)?.dispose())
}

under('crun', contracts)
under('runc', runtimeContracts)

test.run()
