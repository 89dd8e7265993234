// The messages of the security service's contract: what was asked, read from the Body, and answers as text.
//
// Reads by name and refuses what is not there, so that it relies on no schema validation before it. Values
// and pure functions.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/xml/document.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace hutong::gateway::security_service {

inline constexpr std::string_view ns = "urn:hutong:security:1";

// The FaultCode of the contract.
enum class FaultCode {
    unknown_key,
    wrong_use,
    bad_content,
    unknown_recipient,
    not_decrypted,
    key_unavailable,
    try_later
};

// Why there is no answer: what the caller is told, and what only the officer reads in the journal.
struct Fault {
    FaultCode code{FaultCode::try_later};
    std::string message;
    std::string cause;

    Fault() = default;
    Fault(FaultCode which, std::string told, std::string why = {})
        : code(which), message(std::move(told)), cause(std::move(why)) {}
    // What the document rooms say: invalid input is the caller's to mend, the rest is ours.
    Fault(const Error& error);  // NOLINT(google-explicit-constructor): so that Results can be passed on

    Refusal refusal() const;
};

[[noreturn]] inline void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
    throw Failure(internal(fault.message));
}

// The content of the answer's element, or a Fault.
using Answer = boost::system::result<std::string, Fault>;
template <class T>
using OrFault = boost::system::result<T, Fault>;

// The request's element, its children read by name.
class Request {
  public:
    explicit Request(xml::Element element) : element_(element) {}

    OrFault<std::string> text(std::string_view name) const;  // required
    std::string text_or_empty(std::string_view name) const;
    OrFault<Bytes> octets(std::string_view name, std::size_t most) const;  // required
    bool has(std::string_view name) const { return static_cast<bool>(element_.child(ns, name)); }
    OrFault<std::vector<Bytes>> certificates(std::string_view name) const;
    OrFault<TimePoint> time(std::string_view name, TimePoint otherwise) const;
    std::vector<Request> all(std::string_view name) const;

  private:
    xml::Element element_;
};

std::string element(std::string_view name, std::string_view text);  // <sec:name>text</sec:name>, escaped
std::string optional_element(std::string_view name,
                             std::string_view text);                 // nothing where the text is empty
std::string octets_element(std::string_view name, ByteView octets);  // base64
std::string around(std::string_view name, const std::string& elements);

// The whole envelope; `operation` names the response's element.
std::string answer_envelope(soap::Version version, std::string_view operation, const std::string& elements);

}  // namespace hutong::gateway::security_service
