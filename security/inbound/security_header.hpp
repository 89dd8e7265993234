// Finds the Security header addressed to this gateway and the positions that policy can require to be signed.
//
// SOAP 1.1 section 4.2.2, SOAP 1.2 part 1 section 2.2, WS-Security 1.1.1 section 5. Positions are views of
// the document; everything is found by absolute position, nothing by Id. Pure functions.
#pragma once

#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "base/xml/document.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/claims.hpp"

namespace hutong::security {

struct Positions {
    xml::Element header;
    std::vector<xml::Element> blocks;      // children of Header, in the order of Layout::blocks
    xml::Element security;                 // the one Security header addressed to us
    xml::Element timestamp;                // its child; empty when there is none
    std::vector<xml::Element> signatures;  // its children, in document order
    xml::Element assertion;                // its child; empty when there is none
    xml::Element username_token;           // likewise
    xml::Element body;
    std::vector<soap::Range> security_headers;
};

// Whether a header block with this actor or role is for this node to process.
bool addressed_to_us(const soap::HeaderBlock& block, soap::Version version,
                     const std::vector<std::string>& trusted_roles);

// `layout` must be of the same text as `document`; where the two readings differ, the message is rejected.
boost::system::result<Positions, Rejection> find_positions(const xml::Document& document,
                                                           const soap::Layout& layout,
                                                           const std::vector<std::string>& trusted_roles);

}  // namespace hutong::security
