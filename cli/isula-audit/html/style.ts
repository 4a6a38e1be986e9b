/** The look of the page, light and dark. */

/** Colours of the states, as classes, so that the script needs no style of its own. */
const stateColours: Readonly<Record<string, string>> = {
  inited: '#8a8f98',
  starting: '#e0b100',
  running: '#2e9e4f',
  paused: '#3b7dd8',
  restarting: '#e07a00',
  exited: '#5b6470',
  removing: '#a34fb5',
}

const stateRules = Object.entries(stateColours)
  .map(([state, colour]) => `.state-${state}{fill:${colour};background:${colour}}`)
  .join('\n')

export const pageStyle = `
:root{color-scheme:light dark;--line:#8884;--bad:#c62828;--good:#2e7d32}
body{font:14px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1200px;padding:1rem}
h1{font-size:1.25rem;margin:.2rem 0}
h2{font-size:1.05rem;border-bottom:1px solid var(--line);margin-top:1.6rem}
header p{margin:.1rem 0}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.15rem .6rem .15rem 0;
border-bottom:1px solid var(--line);overflow-wrap:anywhere}
td:first-child,td:nth-child(2){white-space:nowrap}
pre{overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
#verdict{font-weight:600}
.good{color:var(--good)} .bad{color:var(--bad)}
#findings li{color:var(--bad)}
#lanes{overflow-x:auto}
svg text{font:12px system-ui,sans-serif;fill:currentColor}
svg .name{cursor:pointer}
.key{display:inline-block;width:.9em;height:.9em;margin:0 .3em 0 1em;vertical-align:-.1em}
tr:target{outline:2px solid #e0b100}
${stateRules}
`
