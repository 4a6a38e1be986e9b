/** What the simulated host and its journal can do wrong: classes K1 to K8 and K10, by kind. */

export type FaultClass = 'K1' | 'K2' | 'K3' | 'K4' | 'K5' | 'K6' | 'K7' | 'K8' | 'K10'

/** Each kind can be switched off, or weighed against the others (swarm testing). */
export const faultKinds = {
  'daemon-crash': 'K1',
  'crash-in-recovery': 'K1',
  'power-cut': 'K2',
  'append-error': 'K3',
  'sync-error': 'K3',
  'disk-full': 'K3',
  'effect-errno': 'K4',
  'effect-error-but-applied': 'K4',
  'effect-undone': 'K4',
  'effect-hang': 'K4',
  'effect-slow': 'K4',
  'foreign-kill': 'K5',
  'foreign-delete': 'K5',
  'foreign-unmount': 'K5',
  'foreign-cgroup-removal': 'K5',
  'state-file-removal': 'K5',
  'pid-reuse': 'K5',
  'oom-kill-container': 'K5',
  'oom-kill-monitor': 'K5',
  'client-gone': 'K6',
  'wall-clock-jump': 'K7',
  suspend: 'K7',
  'late-timer': 'K7',
  'out-of-descriptors': 'K8',
  'out-of-memory': 'K8',
  'out-of-inodes': 'K8',
  'config-change': 'K10',
} as const satisfies Readonly<Record<string, FaultClass>>

export type FaultKind = keyof typeof faultKinds

/** Kinds that are missing are off; weights are 1 to 100. */
export type FaultWeights = Readonly<Partial<Record<FaultKind, number>>>
