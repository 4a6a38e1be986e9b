/** The monitor port on conmon: launch, observe, exec, clear. */
import { answering } from '../../domain/ports/answer.ts'
import type { MonitorPort } from '../../domain/ports/process-ports.ts'
import { clearExec, clearIncarnation } from './clear.ts'
import { exec } from './exec.ts'
import { launch } from './launch.ts'
import { observeLaunch } from './launch-observation.ts'
import { classifyByErrno } from '../errors/effect-failure.ts'
import { execFiles, incarnationFiles } from './monitor-files.ts'
import type { MonitorParts } from './monitor-parts.ts'

export const makeMonitorPort = (p: MonitorParts): MonitorPort => ({
  launch: (request) => answering(() => launch(p, request), classifyByErrno),
  observe: (ref) =>
    answering(async () => {
      const files = incarnationFiles(p.layout, ref)
      const { cgroupPath } = ref
      return observeLaunch({ files, cgroupPath, keepsProof: true, oomCountedBy: p.host })
    }, classifyByErrno),
  exec: (request) => answering(() => exec(p, request), classifyByErrno),
  observeExec: (ref, id) =>
    answering(async () => {
      const files = execFiles(p.layout, ref, id)
      return observeLaunch({ files, cgroupPath: ref.cgroupPath, keepsProof: true })
    }, classifyByErrno),
  clear: (ref) => answering(() => clearIncarnation(p, ref), classifyByErrno),
  clearExec: (ref, id) => answering(() => clearExec(p, ref, id), classifyByErrno),
})
