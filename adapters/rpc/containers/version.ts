/** Version and Info (INFO-SYS-02..05). */
import { statusWord } from '../../../domain/container/state.ts'
import { success, type Front } from '../front.ts'
import type { UnaryWork } from '../server/handlers.ts'
import type {
  InfoRequest,
  InfoResponse,
  VersionRequest,
  VersionResponse,
} from '../wire/containers.ts'

export const version =
  (front: Front): UnaryWork<VersionRequest, VersionResponse> =>
  async () => ({
    ...success,
    version: front.build.version,
    git_commit: front.build.gitCommit,
    build_time: front.build.buildTime,
    root_path: front.layout.root,
  })

/** Running, paused and stopped partition all containers (INFO-SYS-04). */
const numbers = ({ engine }: Front) => {
  const words = [...engine.world.containers.values()].map(statusWord)
  const running = words.filter((word) => word === 'running').length
  const paused = words.filter((word) => word === 'paused').length
  return {
    containers_num: words.length,
    c_running: running,
    c_paused: paused,
    c_stopped: words.length - running - paused,
    images_num: [...engine.world.images.values()].filter((i) => i.phase._tag === 'Stored').length,
  }
}

export const info =
  (front: Front): UnaryWork<InfoRequest, InfoResponse> =>
  async () => {
    const host = front.hostInfo()
    return {
      ...success,
      ...numbers(front),
      version: front.build.version,
      kversion: host.kernelVersion,
      os_type: host.osType,
      architecture: host.architecture,
      nodename: host.nodeName,
      cpus: host.cpus,
      operating_system: host.operatingSystem,
      cgroup_driver: host.cgroupDriver,
      logging_driver: host.loggingDriver,
      huge_page_size: host.hugePageSizes,
      isulad_root_dir: front.layout.root,
      total_mem: host.totalMemoryGb,
      http_proxy: host.httpProxy,
      https_proxy: host.httpsProxy,
      no_proxy: host.noProxy,
      driver_name: host.driverName,
      driver_status: host.driverStatus,
    }
  }
