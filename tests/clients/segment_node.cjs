// Identifies people and tracks an order of each, with the unmodified client.
// Arguments: node_modules folder, URL, group, count. Prints the delivery failures as JSON.
const { createRequire } = require('node:module')
const path = require('node:path')

const [modules, host, group, count] = process.argv.slice(2)
const { Analytics } = createRequire(path.join(modules, 'index.js'))('@segment/analytics-node')

const failures = []
const analytics = new Analytics({ writeKey: 'demo', host, flushAt: 100, flushInterval: 500 })
analytics.on('error', (error) => failures.push(String(error.reason || error.code || error)))
for (let number = 0; number < Number(count); number += 1) {
  const userId = `${group}-${number}`
  const traits = { email: `${userId}@example.org`, first_name: userId }
  analytics.identify({ userId, traits })
  const properties = { order_id: `${userId}-1`, total: 12.5 }
  analytics.track({ userId, event: 'Order Completed', properties })
}
analytics.closeAndFlush({ timeout: 50000 }).then(() => {
  console.log(JSON.stringify(failures))
})
