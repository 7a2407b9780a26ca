// SPDX-License-Identifier: MIT
// judge.mjs MODULES tap|ctrf FILE...: what parsers of npm make of each file,
// "FILE VERDICT": for TAP whether it is ok and how many points were seen.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const [modules, format, ...files] = process.argv.slice(2)
const require = createRequire(modules + '/')

const judges = {
  tap () {
    const { Parser } = require('tap-parser')
    return file => {
      const parser = new Parser()
      let result
      parser.on('complete', r => { result = r })
      parser.end(readFileSync(file))
      return `${result.ok ? 'ok' : 'not-ok'} ${result.count}`
    }
  },
  ctrf () {
    const Ajv = require('ajv')
    const schema = JSON.parse(readFileSync('testdata/schemas/ctrf.schema.json'))
    const validate = new Ajv({ strict: false, validateFormats: false })
      .compile(schema)
    return file => validate(JSON.parse(readFileSync(file)))
      ? 'valid'
      : 'invalid: ' + JSON.stringify(validate.errors[0])
  }
}

const judge = judges[format]()
for (const file of files) {
  console.log(file, judge(file))
}
