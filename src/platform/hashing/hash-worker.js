// A thread that does nothing but bcrypt. Plain JavaScript, so that it runs as it is from src (tests) and from dist.
'use strict';

const os = require('node:os');
const { parentPort } = require('node:worker_threads');
const bcrypt = require('bcrypt');

// On Linux a priority belongs to the thread, so hashes give way to every request. Elsewhere it belongs to the process:
// lowering it would slow down the requests themselves.
if (process.platform === 'linux') os.setPriority(0, 19);

parentPort.on('message', ({ data, salt }) => {
  try {
    parentPort.postMessage({ hash: bcrypt.hashSync(data, salt) });
  } catch (error) {
    // bcrypt's messages speak of the kind of argument, never of its value
    parentPort.postMessage({ fault: String(error) });
  }
});
