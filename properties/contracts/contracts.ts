/** All contract suites: one for each port, and those that need several. */
import type { Ports } from '../../domain/ports/ports.ts'
import { bundleContract } from './bundle.contract.ts'
import { cgroupContract } from './cgroup.contract.ts'
import { clockContract } from './clock.contract.ts'
import { copyContract } from './copy.contract.ts'
import { effectsContract } from './effects.contract.ts'
import { entropyContract } from './entropy.contract.ts'
import { execContract } from './exec.contract.ts'
import type { Contract } from './host-under-contract.ts'
import { layerContract } from './layer.contract.ts'
import { monitorContract } from './monitor.contract.ts'
import { observeContract } from './observe.contract.ts'
import { processContract } from './process.contract.ts'
import { rootfsContract } from './rootfs.contract.ts'
import { runtimeContract } from './runtime.contract.ts'
import { timerContract } from './timer.contract.ts'
import { volumeContract } from './volume.contract.ts'
import { watchContract } from './watch.contract.ts'

/** A port without a suite does not compile. */
const ofPorts: Readonly<Record<keyof Ports, Contract>> = {
  clock: clockContract,
  timer: timerContract,
  entropy: entropyContract,
  layer: layerContract,
  rootfs: rootfsContract,
  bundle: bundleContract,
  volume: volumeContract,
  runtime: runtimeContract,
  monitor: monitorContract,
  process: processContract,
  cgroup: cgroupContract,
  copy: copyContract,
  observe: observeContract,
  watch: watchContract,
}

export const contracts: Readonly<Record<string, Contract>> = {
  ...ofPorts,
  exec: execContract,
  effects: effectsContract,
}

/** Those in which another OCI runtime could behave otherwise. */
export const runtimeContracts: Readonly<Record<string, Contract>> = {
  runtime: runtimeContract,
  monitor: monitorContract,
  exec: execContract,
  effects: effectsContract,
}
