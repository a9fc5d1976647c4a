// Loaded into every Node of a test: this machine answers, the network is not there.
const net = require('node:net')

const HERE = new Set(['localhost', '127.0.0.1', '::1'])
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...given) {
  const to = Array.isArray(given[0]) ? given[0][0] : given[0]
  if (to.path || HERE.has(to.host || 'localhost')) return connect.apply(this, given)
  const error = new Error(`connect ENETUNREACH ${to.host}`)
  process.nextTick(() => this.destroy(Object.assign(error, { code: 'ENETUNREACH' })))
  return this
}
