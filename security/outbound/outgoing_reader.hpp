// Reads a message that is about to be signed as its bytes come by: where its parts lie, and the digests of
// the canonical forms of its Body and of the header blocks that policy names.
//
// One pass, no tree: exclusive canonicalisation and digest while the parser reads, so that memory does not
// grow with the message. A part without a wsu:Id is digested as if it had the one it will be given. One
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
    // Without `method` (null) it is only looked where the parts lie; without `policy` no header block is
    // digested. `limits` and `policy` must outlive it.
    OutgoingReader(const xml::Limits& limits, const DigestAlgorithm* method,
                   const MessagePolicy* policy = nullptr);

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
    void note_scope(const xml::StartTag& tag);
    void begin(const xml::StartTag& tag, SignedPart& part);

    xml::PushParser parser_;
    soap::LayoutBuilder layout_;
    const DigestAlgorithm* const method_;
    const MessagePolicy* const policy_;
    std::vector<xml::NamespaceEvent> envelope_namespaces_;
    std::vector<xml::NamespaceEvent> scope_;  // of what stands in the Envelope, or in its Header
    std::optional<Digest> digest_;
    std::optional<CanonicalWriter> writer_;  // while the parser is in a part that is signed
    SignedPart* part_{nullptr};              // that one
    SignedBody body_;
};

}  // namespace hutong::security
