/** `npm run bench -- CONTAINERS IMAGE_MB`: replay speed, and `ps` at the socket. Reported only. */
import { benchList } from './list-latency.ts'
import { benchReplay } from './replay.ts'

const containers = Number(process.argv[2] ?? 500)
const imageMb = Number(process.argv[3] ?? 500)

console.log(await benchReplay(100_000))
console.log(await benchList({ containers, imageMb }))
