/** Paths of /proc and /sys that an ordinary container does not see, or may not write. */

/** RES-ROOTFS-34 and Docker's list; the runtime skips what the host does not have. */
export const maskedPaths: ReadonlyArray<string> = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/fdenable',
  '/proc/fdthreshold',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
]

export const readonlyPaths: ReadonlyArray<string> = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
]
