// Identifies people and tracks an order of each, with the unmodified client.
// Arguments: node_modules folder, URL, group, count, and `gzip` for compressed bodies.
// Prints the delivery failures as JSON.
const { createRequire } = require('node:module')
const path = require('node:path')
const { gzipSync } = require('node:zlib')

const [modules, host, group, count, encoding] = process.argv.slice(2)
const { Analytics } = createRequire(path.join(modules, 'index.js'))('@segment/analytics-node')

// The client does not compress; its setting `httpClient` takes a fetch that does.
const compressing = (url, request) => fetch(url, {
  ...request,
  headers: { ...request.headers, 'Content-Encoding': 'gzip' },
  body: gzipSync(request.body)
})
const settings = { writeKey: 'demo', host, flushAt: 100, flushInterval: 500 }
if (encoding === 'gzip') settings.httpClient = compressing

const failures = []
const analytics = new Analytics(settings)
analytics.on('error', (error) => failures.push(String(error.reason || error.code || error)))
for (let number = 0; number < Number(count); number += 1) {
  const userId = `${group}-${number}`
  const traits = { email: `${userId}@example.org`, first_name: userId }
  analytics.identify({ userId, traits })
  const properties = { order_id: `${userId}-1`, total: 12.5 }
  analytics.track({ userId, event: 'Order Completed', properties })
}
analytics.closeAndFlush({ timeout: 200000 }).then(() => {
  console.log(JSON.stringify(failures))
})
