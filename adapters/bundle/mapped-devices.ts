/** What `--device` stands for on this host (CLI-CR-08). */
import { stat } from 'node:fs/promises'
import type { DeviceMapping } from '../../domain/container/host-options.ts'
import type { HostDevice, MappedDevice } from '../../domain/oci/host-facts.ts'
import { notApplied } from '../../domain/ports/answer.ts'
import { EffectFailure } from '../errors/effect-failure.ts'
import { isMissing } from '../errors/errno.ts'
import { deviceAt, hostDevices } from '../host/device-nodes.ts'

/** The text is none of a missing program: the exit code of the client goes by it (CLI-EXIT-01). */
const refused = (path: string, why: string): EffectFailure =>
  new EffectFailure(
    notApplied(
      'EINVAL',
      `Error gathering device information while adding custom device "${path}": ${why}`,
    ),
  )

/** A directory stands for all devices below it. */
const devicesAt = async (path: string): Promise<ReadonlyArray<HostDevice>> => {
  try {
    if ((await stat(path)).isDirectory()) return await hostDevices(path)
  } catch (error) {
    if (isMissing(error)) throw refused(path, 'there is no such device on the host')
    throw error
  }
  const device = await deviceAt(path)
  if (device === undefined) throw refused(path, 'it is not a device node')
  return [device]
}

const mapped = async (mapping: DeviceMapping): Promise<ReadonlyArray<MappedDevice>> => {
  const { PathOnHost, PathInContainer, CgroupPermissions } = mapping
  const found = await devicesAt(PathOnHost)
  return found.map((device) => ({
    ...device,
    path: PathInContainer + device.path.slice(PathOnHost.length),
    access: CgroupPermissions,
  }))
}

/** Rejects with an effect failure that names the device which is missing. */
export const mappedDevices = async (
  mappings: ReadonlyArray<DeviceMapping>,
): Promise<ReadonlyArray<MappedDevice>> => (await Promise.all(mappings.map(mapped))).flat()
