// Reads a message that is about to be signed as its bytes come by: where its parts lie, and the digest of its
// Body's canonical form.
//
// One pass, no tree: exclusive canonicalisation and digest while the parser reads, so that memory does not
// grow with the message. A Body without a wsu:Id is digested as if it had the one it will be given. One
// thread at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/xml/soap_layout.hpp"
#include "security/outbound/message_signer.hpp"
#include "security/xmldsig/canonical_writer.hpp"
#include "security/xmldsig/digest.hpp"

namespace hutong::security {

class OutgoingReader final : private xml::ParserEvents {
  public:
    // Without `method` (null) it is only looked where the parts lie. `limits` must outlive it.
    OutgoingReader(const xml::Limits& limits, const DigestAlgorithm* method);

    Result<void> feed(std::string_view utf8) { return parser_.feed(utf8); }
    // After the last byte. Errors, as in feed(): it is no envelope, or over a limit.
    Result<void> finish();

    // After finish().
    soap::Layout take_layout() { return layout_.take(); }
    const SignedBody& body() const { return body_; }

  private:
    void start(const xml::StartTag& tag) override;
    void end(unsigned depth) override;
    void text(std::string_view text, bool cdata) override;
    void comment() override {}
    void instruction() override { layout_.instruction(parser_); }
    void begin_body(const xml::StartTag& tag);

    xml::PushParser parser_;
    soap::LayoutBuilder layout_;
    const DigestAlgorithm* const method_;
    std::vector<xml::NamespaceEvent> envelope_namespaces_;
    std::optional<Digest> digest_;
    std::optional<CanonicalWriter> writer_;  // while the parser is in the Body
    SignedBody body_;
};

}  // namespace hutong::security
