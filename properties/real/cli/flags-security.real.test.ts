/** `--security-opt` on real containers: what the kernel then refuses (SEC-SECCOMP-*). */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { equal, is, match, not } from 'uvu/assert'
import { CliFile } from './cli-file.ts'

const cli = new CliFile('isula flags: security', {}, ['program:setarch'])
const { test, ok: isula, fails, sh, remove } = cli

const withProfile = async <A>(profile: unknown, work: (path: string) => Promise<A>): Promise<A> => {
  const directory = mkdtempSync(`${tmpdir()}/isula-seccomp-`)
  try {
    const text = typeof profile === 'string' ? profile : JSON.stringify(profile, undefined, 4)
    writeFileSync(`${directory}/profile.json`, text)
    return await work(`${directory}/profile.json`)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const mode = "grep ^Seccomp: /proc/self/status | tr -d '\\t'"

const denying = (...names: ReadonlyArray<string>) => ({
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: names.map((name) => ({ name, action: 'SCMP_ACT_ERRNO', args: null })),
})

test('SEC-SECCOMP-03 SEC-SECCOMP-04 SEC-SECCOMP-05 SEC-SCN-04: filtered unless told', async () => {
  is(await sh(mode), 'Seccomp:2')
  is(await sh(mode, '--security-opt', 'seccomp=unconfined'), 'Seccomp:0')
  is(await sh(mode, '--security-opt', 'seccomp:unconfined'), 'Seccomp:0')
  is(await sh(mode, '--privileged'), 'Seccomp:0')
})

test('SEC-SECCOMP-12 SEC-CAP-06: the default profile opens what a capability is for', async () => {
  const mount = 'mkdir /m && mount -t tmpfs none /m && echo mounted'
  not.match(await sh(mount), 'mounted')
  is(await sh(`${mode}; ${mount}`, '--cap-add', 'SYS_ADMIN'), 'Seccomp:2\nmounted')
  is(await sh(mode, '--cap-add', 'all'), 'Seccomp:2')
  match(await sh('unshare -U true'), 'Operation not permitted')
  is(await sh('unshare -U true; echo $?', '--security-opt', 'seccomp=unconfined'), '0')
})

test('SEC-SECCOMP-11 SEC-SCN-13: of the personalities only the plain ones', async () => {
  const programs = ['/usr', '/lib', '/lib64'].flatMap((path) => ['-v', `${path}:${path}:ro`])
  is(await sh('setarch linux64 echo fine', ...programs), 'fine')
  is(await sh('setarch linux32 echo fine', ...programs), 'fine')
  match(await sh('setarch linux64 -R echo fine', ...programs), 'Operation not permitted')
})

test('SEC-SECCOMP-01 SEC-SECCOMP-07 SEC-SCN-01 SEC-SCN-02: a profile of the user', async () => {
  const script = 'touch /f; chmod 4777 /f 2>&1; echo $?; ls / >/dev/null && echo works'
  await withProfile(denying('chmod', 'fchmod', 'fchmodat', 'fchmodat2'), async (path) => {
    for (const option of [`seccomp=${path}`, `seccomp:${path}`]) {
      const said = await sh(script, '--security-opt', option)
      match(said, /Operation not permitted\n1\nworks$/)
    }
  })
  is(await sh(script), '0\nworks')
})

test('SEC-SECCOMP-09 SEC-PROFILE-10: the wrapped form and that of OCI are the same', async () => {
  const oci = {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'],
    syscalls: [
      { names: ['mkdir', 'mkdirat', 'no_such_call'], action: 'SCMP_ACT_ERRNO', errnoRet: 5 },
    ],
  }
  for (const profile of [oci, { seccomp: oci }])
    await withProfile(profile, async (path) => {
      const said = await sh(
        'mkdir /x 2>&1; touch /y && echo works',
        '--security-opt',
        `seccomp=${path}`,
      )
      match(said, /(I\/O|Input\/output) error\nworks$/, said)
    })
})

test('SEC-PROFILE-05 SEC-PROFILE-06 SEC-PROFILE-07 SEC-SCN-06: rules on arguments', async () => {
  const deny = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      {
        name: 'kill',
        action: 'SCMP_ACT_ERRNO',
        args: [{ index: 1, value: 10, value_two: 0, op: 'SCMP_CMP_EQ' }],
      },
    ],
  }
  await withProfile(deny, async (path) => {
    const script = 'trap "" USR1 USR2; kill -USR2 $$ && echo two; kill -USR1 $$ 2>&1 || echo none'
    match(await sh(script, '--security-opt', `seccomp=${path}`), /^two\n.*not permitted\nnone$/s)
  })
})

test('SEC-SECCOMP-02 SEC-SECCOMP-06 SEC-SCN-03 SEC-SCN-05: bad options are refused', async () => {
  const refused = (option: string): Promise<string> =>
    fails(125, 'create', '--security-opt', option, 'busybox')
  match(await refused('seccomp=profile.json'), 'must be absolute')
  match(await refused('seccomp=/nowhere.json'), 'there is no such file')
  match(await refused('sandbox=1'), 'Invalid --security-opt "sandbox=1"')
  match(await refused('seccomp='), 'Invalid --security-opt')
  match(await refused('no-new-privileges=perhaps'), 'want true or false')
  match(await refused('label=nonsense'), 'want disable, user:USER')
  const bad: ReadonlyArray<readonly [unknown, string]> = [
    ['{', 'not valid JSON'],
    ['[]', 'not a JSON object'],
    [{ defaultAction: 'SCMP_ACT_KILL' }, 'defaultAction is "SCMP_ACT_KILL"'],
    [{ ...denying('x'), defaultAction: 'SCMP_ACT_ERRNO' }, 'is the defaultAction'],
    [{ ...denying('x'), syscalls: [{ name: 'x', action: 'SCMP_ACT_TRAP' }] }, 'SCMP_ACT_TRAP'],
    [{ ...denying('x'), syscalls: [{ action: 'SCMP_ACT_ERRNO' }] }, 'names no system call'],
  ]
  for (const [profile, why] of bad)
    await withProfile(profile, async (path) => match(await refused(`seccomp=${path}`), why))
  is(await isula('ps', '-aq'), '')
})

test('no-new-privileges holds for the container and what is executed in it', async () => {
  const look = "grep ^NoNewPrivs /proc/self/status | tr -d '\\t'"
  is(await sh(look), 'NoNewPrivs:0')
  is(await sh(look, '--security-opt', 'no-new-privileges'), 'NoNewPrivs:1')
  is(await sh(look, '--security-opt', 'no-new-privileges=false'), 'NoNewPrivs:0')
  const flags = ['--security-opt', 'no-new-privileges:true', '--security-opt', 'label=disable']
  await isula('run', '-d', '--name', 'held', ...flags, 'busybox', 'sleep', '1000')
  is(await isula('exec', 'held', 'sh', '-c', `${look}; ${mode}`), 'NoNewPrivs:1\nSeccomp:2')
  equal(JSON.parse(await cli.daemon.inspect('held', 'json .HostConfig.SecurityOpt')), [
    'no-new-privileges:true',
    'label=disable',
  ])
  is(await cli.daemon.inspect('held', '.NoNewPrivileges'), 'true')
  await remove('held')
})

test('with runc the default profile holds too', async () => {
  is(await sh(mode, '-R', 'runc'), 'Seccomp:2')
  is(await sh(mode, '-R', 'runc', '--cap-add', 'all'), 'Seccomp:2')
})

const everyFile = (directory: string): ReadonlyArray<string> =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)

test('--secret-env reaches the processes and no file but one of root alone', async () => {
  const word = `hush-${process.pid}-zebra`
  const { root, directory } = cli.daemon
  const flags = ['--secret-env', `TOKEN=${word}`, '-e', 'TOKEN=public', '-e', 'PLAIN=1']
  const id = await isula('run', '-d', '--name', 'keeper', ...flags, 'busybox', 'sleep', '1000')
  is(await isula('exec', 'keeper', 'sh', '-c', 'echo $TOKEN $PLAIN'), `${word} 1`)
  const shown = await isula('inspect', 'keeper')
  not.match(shown, word)
  const holders = everyFile(root).filter((file) => readFileSync(file).includes(word))
  equal(holders, [`${root}/secrets/${id}`])
  is(statSync(`${root}/secrets/${id}`).mode & 0o777, 0o600)
  await cli.daemon.kill9()
  writeFileSync(`${root}/secrets/${'e'.repeat(64)}`, 'A=left by a crash')
  await cli.daemon.start()
  await isula('restart', '-t', '0', 'keeper')
  is(await isula('exec', 'keeper', 'sh', '-c', 'echo $TOKEN'), word)
  await remove('keeper')
  equal(readdirSync(`${root}/secrets`), [])
  equal(
    everyFile(directory).filter((file) => readFileSync(file).includes(word)),
    [],
  )
  match(await fails(125, 'create', '--secret-env', 'NOT_THERE', 'busybox'), "'NOT_THERE'")
})

cli.run()
