// The digest of an attachment's content as the SwA Profile signs it.
//
// WSS SOAP Messages with Attachments Profile 1.1.1 section 5.4: XML is canonicalised (exclusively, without
// comments), other text has its lines end in CRLF, everything else is digested as it is. The transfer
// encoding is undone already. Pure.
#pragma once

#include "base/bytes.hpp"
#include "base/xml/document.hpp"
#include "security/inbound/attachments.hpp"
#include "security/xmldsig/algorithms.hpp"

namespace hutong::security {

// Errors: refused, when there is no such part, several, or one that says it is XML and is not; unavailable.
Result<Bytes> digest_attachment(const Attachments& attachments, const std::string& content_id,
                                const DigestAlgorithm& algorithm, const xml::Limits& limits);

}  // namespace hutong::security
