// A node client: requests are signed by soap's own WSSecurityCert, answers are verified by xml-crypto.
//
// The glue: soap does not verify answers at all, so the raw answer is checked here before its content is believed.
// What xml-crypto has no algorithm for comes from algorithms.js.
// Prints one JSON object: {"outcome": "answered" | "refused" | "distrusted", ...}.
'use strict';
const { X509Certificate } = require('crypto');
const fs = require('fs');
const https = require('https');
const { parseArgs } = require('util');
const soap = require('soap');
const { SignedXml } = require('xml-crypto');
const { DOMParser } = require('@xmldom/xmldom');
const xpath = require('xpath');
const { addAlgorithms } = require('./algorithms');

const WSS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';
const WSSE = `${WSS}wssecurity-secext-1.0.xsd`;
const WSU = `${WSS}wssecurity-utility-1.0.xsd`;

const select = xpath.useNamespaces({
  soap: 'http://schemas.xmlsoap.org/soap/envelope/', wsse: WSSE, wsu: WSU, ds: 'http://www.w3.org/2000/09/xmldsig#',
});

class Distrusted extends Error {}

function certificatesIn(pem) {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g).map((one) => new X509Certificate(one));
}

function chainsTo(certificate, cas) {
  const now = Date.now();
  let current = certificate;
  for (let depth = 0; depth <= cas.length; depth++) {
    if (now < Date.parse(current.validFrom) || now > Date.parse(current.validTo)) return false;
    const issuer = cas.find((ca) => current.checkIssued(ca) && current.verify(ca.publicKey));
    if (!issuer) return false;
    if (issuer.fingerprint256 === current.fingerprint256) return true;
    current = issuer;
  }
  return false;
}

// Returns the signature algorithm; throws Distrusted.
function verifyAnswer(xml, cas) {
  const document = new DOMParser().parseFromString(xml);
  const one = (path) => select(path, document)[0];
  const security = '/soap:Envelope/soap:Header/wsse:Security';
  const signature = one(`${security}/ds:Signature`);
  if (!signature) throw new Distrusted('the answer is not signed');
  const algorithm = select('string(ds:SignedInfo/ds:SignatureMethod/@Algorithm)', signature);
  const token = select(`string(${security}/wsse:BinarySecurityToken)`, document);
  const certificate = new X509Certificate(Buffer.from(token, 'base64'));
  if (!chainsTo(certificate, cas)) throw new Distrusted("the answer's certificate is not the platform's");

  const verifier = addAlgorithms(new SignedXml({ idMode: 'wssecurity', publicCert: certificate.toString() }));
  verifier.loadSignature(signature);
  let good = false;
  try {
    good = verifier.checkSignature(xml);
  } catch (error) {
    throw new Distrusted(error.message);
  }
  if (!good) throw new Distrusted('the signature does not fit');
  const signed = verifier.getReferences().map((reference) => reference.uri);
  for (const part of ['/soap:Envelope/soap:Body', `${security}/wsu:Timestamp`]) {
    const id = one(part)?.getAttributeNS(WSU, 'Id');
    if (!id || !signed.includes(`#${id}`)) throw new Distrusted(`${part} is not signed`);
  }
  return algorithm;
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      wsdl: { type: 'string' }, address: { type: 'string' }, ca: { type: 'string' }, key: { type: 'string' },
      cert: { type: 'string' }, method: { type: 'string' }, operation: { type: 'string' },
      argument: { type: 'string', multiple: true, default: [] },
    },
  });
  const cas = certificatesIn(fs.readFileSync(options.ca, 'utf8'));
  const own = certificatesIn(fs.readFileSync(options.cert, 'utf8'))[0];  // the token takes one, without its chain
  https.globalAgent.options.ca = cas.map((ca) => ca.toString());
  const client = await soap.createClientAsync(options.wsdl, {}, options.address);
  const security = new soap.WSSecurityCert(fs.readFileSync(options.key), own.toString(), '');
  addAlgorithms(security.signer).signatureAlgorithm = options.method;
  client.setSecurity(security);

  let raw;
  client.on('response', (body) => { raw = body; });
  let result;
  try {
    const parameters = Object.fromEntries(options.argument.map((argument) => argument.split(/=(.*)/s, 2)));
    const [answer] = await client[`${options.operation}Async`](parameters);
    result = { outcome: 'answered', answer: JSON.stringify(answer) };
  } catch (error) {
    const fault = error.root?.Envelope?.Body?.Fault;
    if (!fault) throw error;
    result = { outcome: 'refused', code: fault.faultcode.split(':').pop(), reason: fault.faultstring,
      detail: JSON.stringify(fault.detail) };
  }
  try {
    result.verified = verifyAnswer(raw, cas);
  } catch (error) {
    if (!(error instanceof Distrusted)) throw error;
    result = { outcome: 'distrusted', reason: error.message, verified: null };
  }
  console.log(JSON.stringify(result));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
