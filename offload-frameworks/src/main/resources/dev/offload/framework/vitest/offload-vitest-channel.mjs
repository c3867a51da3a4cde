// Sends frames to Offload: whole lines, each in one write, past everything that buffers.
import { Buffer } from 'node:buffer'
import { constants, fstatSync, openSync, writeSync } from 'node:fs'

const PIECE = 3900

// Tests may put something else in its place.
const { stringify } = JSON

// A pipe that is opened anew has a blocking end of our own, in whatever process or thread this is.
function open(state, stream) {
  try {
    const fd = openSync(`/proc/${state.pid}/fd/${stream}`, constants.O_WRONLY | constants.O_APPEND)
    if (fstatSync(fd).isFIFO()) {
      return fd
    }
  } catch {
    // Not Linux, or no pipe: the stream itself is the way.
  }
  return stream
}

function write(fd, text) {
  const bytes = Buffer.from(text, 'latin1')
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') {
        return
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
    }
  }
}

function ascii(text) {
  return text.replace(/[^\x20-\x7e]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))
}

// Sends short texts that are no JSON, on standard output or on both streams.
export function words(state) {
  const fds = [open(state, 1), open(state, 2)]
  return (text, both) => {
    const line = `\x1e${state.token} ${ascii(text)}\n`
    for (const fd of both ? fds : fds.slice(0, 1)) {
      write(fd, line)
    }
  }
}

export function channel(state) {
  const fd = open(state, 1)
  const begin = `\x1e${state.token} `
  return message => {
    if (!state.token) {
      return
    }
    const payload = ascii(stringify(message))
    if (payload.length <= PIECE) {
      write(fd, `${begin}${payload}\n`)
      return
    }
    for (let at = 0; at < payload.length; at += PIECE) {
      const mark = at + PIECE < payload.length ? '+' : '.'
      write(fd, `${begin}${mark}${payload.slice(at, at + PIECE)}\n`)
    }
  }
}
