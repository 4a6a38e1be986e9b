/** HostConfig as Inspect shows it: members that are not supported have their default values. */
import type { HostConfig } from '../../../domain/container/config.ts'

const notSupportedYet = {
  PortBindings: {},
  BridgeNetwork: [],
  IP: '',
  MacAddress: '',
  SystemContainer: false,
  NsChangeFiles: [],
  UserRemap: '',
  UsernsMode: '',
  CgroupnsMode: '',
  HookSpec: '',
  BlkioWeight: 0,
  BlkioWeightDevice: [],
  BlkioDeviceReadBps: [],
  BlkioDeviceWriteBps: [],
  BlkioDeviceReadIops: [],
  BlkioDeviceWriteIops: [],
  CPURealtimePeriod: 0,
  CPURealtimeRuntime: 0,
  StorageOpt: {},
  KernelMemory: 0,
  OomKillDisable: false,
  FilesLimit: 0,
  Hugetlbs: [],
  HostChannel: { PathOnHost: '', PathInContainer: '', Permissions: '', Size: 0 },
  MaskedPaths: [],
  ReadonlyPaths: [],
  Unified: {},
}

export const hostConfigDocument = (host: HostConfig): Record<string, unknown> => ({
  ...notSupportedYet,
  ...host,
  // Upstream's shadow of AutoRemove.
  AutoRemoveBak: host.AutoRemove,
})
