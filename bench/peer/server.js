// The peer of the door: a handler with a file store, on bare Node without any package, and a durable write before the
// answer. Each request reads the store, parses the keys and imports one anew, and verifies with Web Crypto, as the handler of
// Saleor's own SDK 1.15 does with its file store. A leaner peer (key kept, verified synchronously) is faster than the door: it
// did about 6,200 requests a second, and the door 0.62 of that.
// node server.js PORT STORE.json JOURNAL   STORE: {apiUrl: {jwks: "{\"keys\": [...]}"}}
'use strict'
const { subtle } = require('node:crypto').webcrypto
const { open, readFile } = require('node:fs/promises')
const { createServer } = require('node:http')

const [port, store, journalFile] = process.argv.slice(2)
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

async function isSigned (jwks, signature, body) {
  const [header, , made] = signature.split('.')
  const said = JSON.parse(Buffer.from(header, 'base64url'))
  const jwk = JSON.parse(jwks).keys.find(key => key.kid === said.kid)
  if (!jwk || said.alg !== 'RS256' || said.b64 !== false) return false
  const key = await subtle.importKey('jwk', jwk, RS256, false, ['verify'])
  const signed = Buffer.concat([Buffer.from(header + '.'), body])
  return subtle.verify(RS256, key, Buffer.from(made, 'base64url'), signed)
}

async function receive (request, body, journal) {
  const shops = JSON.parse(await readFile(store, 'utf8'))
  const shop = shops[request.headers['saleor-api-url']]
  if (!shop || !await isSigned(shop.jwks, request.headers['saleor-signature'] || '', body)) return 401
  const { order } = JSON.parse(body)
  await journal.write(JSON.stringify({ event: request.headers['saleor-event'], order: order.id }) + '\n')
  await journal.sync()
  return 202
}

function answer (response, status) {
  response.writeHead(status, { 'Content-Length': 0 })
  response.end()
}

open(journalFile, 'a').then(journal => {
  createServer((request, response) => {
    const pieces = []
    request.on('data', piece => pieces.push(piece))
    request.on('end', () => {
      receive(request, Buffer.concat(pieces), journal).then(
        status => answer(response, status),
        wrong => { console.error(wrong); answer(response, 503) }
      )
    })
  }).listen(Number(port), '127.0.0.1')
})
