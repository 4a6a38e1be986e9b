/** The guest's first process: mounts what an engine expects, and gathers the dead. */

/** Unified cgroups alone, as current distributions have them. The state disk is the second one. */
export const initScript = `#!/bin/busybox sh
export PATH=/usr/sbin:/usr/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t cgroup2 cgroup /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm
mount -t devpts -o ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs run /run
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t tmpfs isulad /isulad
mkdir /isulad/root
ln -s /proc/self/fd /dev/fd
if [ -b /dev/vdb ]; then mount -t ext4 /dev/vdb /isulad/root || echo 'the disk does not mount'; fi
if [ -b /dev/vdc ]; then mount -t ext4 /dev/vdc /tmp && chmod 1777 /tmp; fi
ip link set lo up
hostname guest
export UV_THREADPOOL_SIZE=12
node /opt/isulad/lib/guest.mjs >/dev/console 2>&1 &
while :; do wait; sleep 1; done
`
