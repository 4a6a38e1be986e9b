/** Whether the tour can run on a machine. */

/** Why not, in one line; undefined where it can. `uid` is undefined where there are no users. */
export const admission = (platform, uid) => {
  if (platform !== 'linux') return `isulad runs Linux containers: ${platform} cannot run it.`
  if (uid !== 0) return 'isulad runs real containers, which needs root: run this with sudo.'
  return undefined
}
