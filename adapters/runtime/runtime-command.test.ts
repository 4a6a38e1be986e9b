/** Only what makes a cgroup runs where the unified hierarchy is hidden. */
import * as assert from 'uvu/assert'
import { suite } from '../../properties/testing/suite.ts'
import { creatingInvocation, invocation, type Runtime } from './runtime-command.ts'

const test = suite('runtime command')

const crun: Runtime = { name: 'crun', path: '/usr/bin/crun', args: ['--debug'], kind: 'crun' }
const hiding: Runtime = { ...crun, hiddenMount: '/sys/fs/cgroup/unified' }
const own = ['--debug', '--cgroup-manager=cgroupfs', '--root', '/run/x']

test('a call goes to the binary itself, with the runtime-args first', () => {
  assert.equal(invocation(hiding, '/run/x'), { file: '/usr/bin/crun', args: own })
})

test('a creating call hides the unified hierarchy, then is the same', () => {
  const { file, args } = creatingInvocation(hiding, '/run/x')
  assert.is(file, '/usr/bin/unshare')
  assert.equal(args.slice(-own.length - 1), ['/usr/bin/crun', ...own])
  assert.equal(args.slice(-own.length - 3, -own.length - 1), [
    '/sys/fs/cgroup',
    '/sys/fs/cgroup/unified',
  ])
})

test('where nothing is to be hidden both are the same', () => {
  assert.equal(creatingInvocation(crun, '/run/x'), invocation(crun, '/run/x'))
})

test.run()
