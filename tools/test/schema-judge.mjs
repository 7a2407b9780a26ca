// SPDX-License-Identifier: MIT
// schema-judge.mjs MODULES SCHEMA FILE...: what ajv makes of each line, as
// "FILE:LINE: valid" or "invalid". Lines that JavaScript reads as something
// else are left out: members twice, numbers that a double does not hold.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const [modules, schema, ...files] = process.argv.slice(2)
const require = createRequire(modules + '/')
const Ajv = require('ajv/dist/2020')
const validate = new Ajv({ strict: false, validateFormats: false })
  .compile(JSON.parse(readFileSync(schema)))
const decoder = new TextDecoder('utf-8', { fatal: true })

// Written again it has as many members, and numbers that are the same.
function faithful (text) {
  const numbers = text.replace(/"(\\.|[^"\\])*"/g, '').match(/-?\d[\d.eE+-]*/g)
  if ((numbers ?? []).some(n => /[.eE]|\d{16}/.test(n))) return false
  const colons = text.replace(/"(\\.|[^"\\])*"/g, '').split(':').length
  const again = JSON.stringify(JSON.parse(text))
  return again.replace(/"(\\.|[^"\\])*"/g, '').split(':').length === colons
}

function judge (bytes) {
  let text
  try {
    text = decoder.decode(bytes)
    JSON.parse(text)
  } catch {
    return 'not JSON'
  }
  // A mark in front is not JSON, and the decoder takes it away.
  if (bytes[0] === 0xef && bytes[1] === 0xbb) return 'not JSON'
  if (!faithful(text)) return 'left out'
  return validate(JSON.parse(text)) ? 'valid' : 'invalid'
}

for (const file of files) {
  const all = readFileSync(file)
  for (let at = 0, line = 1; at < all.length; line++) {
    const lf = all.indexOf(10, at)
    const end = lf < 0 ? all.length : lf
    const bytes = all.subarray(at, end)
    if (!/^[ \t\r]*$/.test(bytes.toString('latin1'))) {
      console.log(`${file}:${line}: ${judge(bytes)}`)
    }
    at = end + 1
  }
}
