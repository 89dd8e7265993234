// Reads one SOAP message as its bytes come in: where its parts lie, what its signature proves, whether its
// Body fits.
//
// One pass, one stream of events: what is verified is what is routed, authorised and validated. SOAP 1.1
// section 4, SOAP 1.2 part 1 section 5, WS-Security 1.1.1. A reader belongs to one message and one thread at
// a time; the events are called on the thread that feeds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/config/config.hpp"
#include "base/xml/qname_values.hpp"
#include "base/xml/schema.hpp"
#include "base/xml/soap.hpp"
#include "security/inbound/attachments.hpp"
#include "security/inbound/claims.hpp"
#include "security/inbound/policy.hpp"
#include "security/inbound/verifier.hpp"
#include "security/tokens/token_context.hpp"

namespace hutong::security {

class DecryptionKey;

// What the gateway decides while a message is still being read. An answer of false stops the reader there.
class ReadingEvents {
  public:
    virtual ~ReadingEvents() = default;

    // At the start tag of Body, whose Id has to be known for saying what is signed. The layout's blocks are
    // complete. `claims` is null where policy asks for no signature; else the signature over SignedInfo and
    // the digest of every signed header part are good, while those of Body and attachments are still to come.
    // No byte of the Body's content has cost anything yet.
    virtual bool at_header(const soap::Layout& layout, const Claims* claims) = 0;

    // At the start tag of the Body's first child, or at </Body> where it has none; layout.operation is known.
    virtual bool at_operation(const soap::Layout& layout) = 0;

    // Asked after at_operation: what the Body's child is to be validated against; null: nothing.
    virtual const xml::SchemaSet* schemas() = 0;
};

enum class Reading {
    more,             // so far so good
    stopped,          // an event said no; nothing more may be fed
    outside_profile,  // nothing was decided; the whole message goes to the reader that makes a tree
};

struct ReaderInput {
    const MessagePolicy* policy;
    TimePoint now;
    ReadingEvents* events;
    const Attachments* attachments;  // null: the message has none
    TokenContext tokens{};           // `accepted` is not looked at: policy says it
    DecryptionKeys decryption{};
    const xml::QNameValues* values{nullptr};  // of the service's contract; null: not known
};

class MessageReader {
  public:
    virtual ~MessageReader() = default;

    // The next bytes of the root part, as UTF-8. Errors: the text is no envelope, or over a limit; and never
    // of the signature. After an error or anything but Reading::more nothing may be fed.
    virtual Result<Reading> feed(std::string_view bytes) = 0;
    virtual Result<Reading> finish() = 0;  // after the last byte

    virtual const soap::Layout& layout()
        const = 0;  // as far as it has come; ranges are offsets into the bytes fed

    // After a finish() that answered `more`, or after a feed() or finish() that answered `stopped`: why the
    // message is not believed, or the claims. Not to be asked where policy asks for no signature.
    virtual Verdict verdict() = 0;

    // After finish(): whether the Body fits schemas(). Error: invalid, with line and reason.
    virtual Result<void> validity() const = 0;

    // After finish(), where something was encrypted: the message with its plaintext in place, which is what
    // was verified and validated and what goes on; layout() and the claims' ranges are of this text.
    virtual std::optional<std::string> take_replaced_text() { return std::nullopt; }
};

// The one-pass reader. `options` and `limits` must outlive the readers.
std::unique_ptr<MessageReader> make_streaming_reader(const config::Security& options,
                                                     const xml::Limits& limits, const ReaderInput& input);

// The reader for what lies outside_profile: keeps the whole text, makes a tree at finish(), lets xmlsec1
// verify, and calls the same events in the same order. Its finish() is heavy work.
std::unique_ptr<MessageReader> make_tree_reader(const config::Security& options, const xml::Limits& limits,
                                                const ReaderInput& input);

}  // namespace hutong::security
