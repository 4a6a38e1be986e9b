/** The output of `info` and `version` (spec 23; INFO-SYS-02, spec 60 section 4). */
import type { InfoResponse, VersionResponse } from '../../../adapters/rpc/wire/containers.ts'

/** A password in a proxy's address is not shown. */
const maskPassword = (proxy: string): string =>
  proxy.replace(/^((?:[a-z]+:\/\/)?)[^/@]*:[^/@]*@/i, '$1xxxx:xxxx@')

const optional = (label: string, value: string): ReadonlyArray<string> =>
  value === '' ? [] : [`${label}: ${value}`]

const driver = (info: InfoResponse): ReadonlyArray<string> => [
  ...optional('Storage Driver', info.driver_name),
  ...info.driver_status
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ` ${line}`),
]

export const infoText = (info: InfoResponse): string =>
  [
    `Containers: ${info.containers_num}`,
    ` Running: ${info.c_running}`,
    ` Paused: ${info.c_paused}`,
    ` Stopped: ${info.c_stopped}`,
    `Images: ${info.images_num}`,
    `Server Version: ${info.version}`,
    ...driver(info),
    `Logging Driver: ${info.logging_driver}`,
    `Cgroup Driver: ${info.cgroup_driver}`,
    `Hugetlb Pagesize: ${info.huge_page_size}`,
    `Kernel Version: ${info.kversion}`,
    `Operating System: ${info.operating_system}`,
    `OSType: ${info.os_type}`,
    `Architecture: ${info.architecture}`,
    `CPUs: ${info.cpus}`,
    `Total Memory: ${info.total_mem} GB`,
    `Name: ${info.nodename}`,
    `iSulad Root Dir: ${info.isulad_root_dir}`,
    ...optional('Http Proxy', maskPassword(info.http_proxy)),
    ...optional('Https Proxy', maskPassword(info.https_proxy)),
    ...optional('No Proxy', info.no_proxy),
    '',
  ].join('\n')

export interface Build {
  readonly version: string
  readonly gitCommit: string
  readonly built: string
}

const block = (title: string, build: Build): string =>
  `${title}:\n  Version:\t${build.version}\n  Git commit:\t${build.gitCommit}\n` +
  `  Built:\t${build.built}\n`

export const clientBlock = (build: Build): string => `${block('Client', build)}\n`

const serverBuild = (reply: VersionResponse): Build => ({
  version: reply.version,
  gitCommit: reply.git_commit,
  built: reply.build_time,
})

export const serverBlock = (reply: VersionResponse): string =>
  `${block('Server', serverBuild(reply))}\n` +
  'OCI config:\n  Version:\t1.0.1\n  Default file:\t/etc/default/isulad/config.json\n'
