// Verifies the WS-Security signature of one SOAP message against what policy requires.
//
// Required parts are found by absolute position (Envelope/Body, Header/Security/Timestamp, Header/wsa:*),
// never by Id alone; an Id that occurs twice, in any attribute that may be read as an Id, refuses the
// message. Implementations are thread-safe.
#pragma once

#include <memory>
#include <string_view>

#include <boost/system/result.hpp>

#include "base/clock.hpp"
#include "base/config/config.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/claims.hpp"
#include "security/tokens/token_context.hpp"

namespace hutong::security {

struct Required {
    bool body{true};
    bool timestamp{true};
    bool addressing{false};  // wsa:* blocks, where present, must be signed
};

struct VerifyInput {
    std::string_view utf8;       // the SOAP root part as UTF-8
    const soap::Layout* layout;  // of exactly that text
    Required required;
    TimePoint now;
    TokenContext tokens{};
};

using Verdict = boost::system::result<Claims, Rejection>;

class Verifier {
  public:
    virtual ~Verifier() = default;
    virtual Verdict verify(const VerifyInput& input) const = 0;
};

// The DOM + xmlsec1 verifier.
std::unique_ptr<Verifier> make_dom_verifier(const config::Security& options, const xml::Limits& limits);

}  // namespace hutong::security

// boost::system::result needs it; a Verdict is always asked before it is opened.
namespace hutong::security {
[[noreturn]] void throw_exception_from_error(const Rejection&, const boost::source_location&);
}
