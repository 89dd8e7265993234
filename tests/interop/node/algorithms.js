// The signature algorithms that xml-crypto lacks, with Node's crypto: PSS, Ed25519, and ECDSA in the form of the standard.
'use strict';
const crypto = require('crypto');

const PSS = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST };
const RAW = { dsaEncoding: 'ieee-p1363' };
const ROWS = [
  ['http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1', 'sha256', PSS],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', 'sha256', RAW],
  ['http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519', null, {}],
];

// xml-crypto hands over the private key as it was given to it: a text, or an object with it in `key`.
const withOptions = (key, options) => ({ ...(key.key ? key : { key }), ...options });

function algorithm([uri, digest, options]) {
  return class {
    getAlgorithmName() { return uri; }

    getSignature(signedInfo, key) {
      return crypto.sign(digest, Buffer.from(signedInfo), withOptions(key, options)).toString('base64');
    }

    verifySignature(signedInfo, key, value) {
      return crypto.verify(digest, Buffer.from(signedInfo), withOptions(key, options), Buffer.from(value, 'base64'));
    }
  };
}

// Registers them with a SignedXml, which is returned.
function addAlgorithms(signedXml) {
  for (const row of ROWS) signedXml.SignatureAlgorithms[row[0]] = algorithm(row);
  return signedXml;
}

module.exports = { addAlgorithms };
