// Leaves of the built files what browsers are sent: text is kept squeezed only,
// which makes the program two megabytes smaller. index.html stays as it is,
// because the server writes into it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const assets = new URL('../dist/assets', import.meta.url).pathname
for (const name of readdirSync(assets)) {
  if (!/\.(js|css|svg)$/.test(name)) continue
  const file = join(assets, name)
  const body = readFileSync(file)
  const small = gzipSync(body, { level: 9 })
  if (small.length >= body.length * 0.9) continue
  writeFileSync(`${file}.gz`, small)
  rmSync(file)
}
