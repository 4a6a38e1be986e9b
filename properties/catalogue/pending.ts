/** Entries of the recovery catalogue that wait for a part of the engine that does not exist yet. */

export const pending: Readonly<Record<string, string>> = {
  'R-07': 'CRI (a retry with the same pod, name and attempt)',
  'R-16': 'pulling from a registry',
  'R-42': 'health checks',
  'R-43': 'health checks',
  'R-44': 'networks by CNI',
  'R-45': 'networks by CNI',
  'R-46': 'networks by CNI',
  'R-47': 'networks by CNI',
  'R-48': 'published ports',
  'R-49': 'networks (there is no endpoint database, and there will be none)',
  'R-50': 'pod sandboxes',
  'R-59': 'cp',
  'R-64': 'the machine id (the boot id is compared already)',
}
