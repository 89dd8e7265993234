// Signs NAME.text with the key NAME.pem by the method NAME.method into NAME.node, with Node's crypto.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

function sign(method, text, pem) {
  const key = { key: pem };
  if (method.endsWith('eddsa-ed25519')) return crypto.sign(null, text, key);
  const digest = /sha(256|384|512)/.exec(method)[0];
  if (method.endsWith('MGF1')) {
    Object.assign(key, { padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
      saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST });
  }
  if (method.includes('ecdsa')) key.dsaEncoding = 'ieee-p1363';
  return crypto.sign(digest, text, key);
}

const folder = process.argv[2];
const methods = fs.readdirSync(folder).filter((name) => name.endsWith('.method'));
for (const name of methods) {
  const base = path.join(folder, name.slice(0, -'.method'.length));
  fs.writeFileSync(`${base}.node`, sign(fs.readFileSync(`${base}.method`, 'utf8'), fs.readFileSync(`${base}.text`),
    fs.readFileSync(`${base}.pem`)));
}
console.log(methods.length);
