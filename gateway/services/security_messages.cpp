#include "gateway/services/security_messages.hpp"

#include <array>

#include "gateway/pipeline/refusals.hpp"

namespace hutong::gateway::security_service {

namespace {

constexpr std::size_t most_certificates = 10;
constexpr std::size_t most_certificate_bytes = 16384;

struct CodeRow {
    FaultCode code;
    std::string_view name;
    bool ours;  // not the caller's to mend
};
constexpr std::array codes{
    CodeRow{FaultCode::unknown_key, "UnknownKey", false},
    CodeRow{FaultCode::wrong_use, "WrongUse", false},
    CodeRow{FaultCode::bad_content, "BadContent", false},
    CodeRow{FaultCode::unknown_recipient, "UnknownRecipient", false},
    CodeRow{FaultCode::not_decrypted, "NotDecrypted", false},
    CodeRow{FaultCode::key_unavailable, "KeyUnavailable", true},
    CodeRow{FaultCode::try_later, "TryLater", true},
};

const CodeRow& row_of(FaultCode code) {
    for (const CodeRow& row : codes)
        if (row.code == code) return row;
    return codes.back();
}

OrFault<Bytes> decoded(xml::Element element, std::size_t most) {
    const std::string text = element.text();
    const std::string name(element.local());
    auto octets = from_base64(text);
    if (octets.has_error()) return Fault(FaultCode::bad_content, name + " is not base64.");
    if (octets->size() > most)
        return Fault(FaultCode::bad_content, name + " has more than " + std::to_string(most) + " bytes.");
    return std::move(*octets);
}

}  // namespace

Fault::Fault(const Error& error) {
    if (error.code == ErrorCode::invalid || error.code == ErrorCode::limit) {
        code = FaultCode::bad_content;
        message = error.detail + ".";
    } else {
        code = FaultCode::try_later;
        message = "The security service could not do it; try again later.";
        cause = error.detail;
    }
}

Refusal Fault::refusal() const {
    const CodeRow& row = row_of(code);
    Refusal refusal = row.ours ? refuse::receiver(message, cause) : refuse::sender(message, cause);
    refusal.detail = "<sec:SecurityFault xmlns:sec=\"" + std::string(ns) + "\">" + element("code", row.name) +
                     element("message", message) + "</sec:SecurityFault>";
    return refusal;
}

OrFault<std::string> Request::text(std::string_view name) const {
    const xml::Element found = element_.child(ns, name);
    if (!found) return Fault(FaultCode::bad_content, std::string(name) + " is missing.");
    return found.text();
}

std::string Request::text_or_empty(std::string_view name) const {
    const xml::Element found = element_.child(ns, name);
    return found ? found.text() : std::string();
}

OrFault<Bytes> Request::octets(std::string_view name, std::size_t most) const {
    const xml::Element found = element_.child(ns, name);
    if (!found) return Fault(FaultCode::bad_content, std::string(name) + " is missing.");
    return decoded(found, most);
}

OrFault<std::vector<Bytes>> Request::certificates(std::string_view name) const {
    std::vector<Bytes> all;
    for (const xml::Element one : element_.children(ns, name)) {
        if (all.size() == most_certificates)
            return Fault(FaultCode::bad_content, std::string(name) + " is there more than " +
                                                     std::to_string(most_certificates) + " times.");
        HUTONG_ASSIGN(Bytes der, decoded(one, most_certificate_bytes));
        all.push_back(std::move(der));
    }
    return all;
}

OrFault<TimePoint> Request::time(std::string_view name, TimePoint otherwise) const {
    const xml::Element found = element_.child(ns, name);
    if (!found) return otherwise;
    const auto time = parse_utc(found.text());
    if (time.has_error())
        return Fault(FaultCode::bad_content, std::string(name) +
                                                 " is no date and time with a zone, such as "
                                                 "2026-11-24T08:00:00Z.");
    if (*time > otherwise) return Fault(FaultCode::bad_content, std::string(name) + " lies in the future.");
    return *time;
}

std::vector<Request> Request::all(std::string_view name) const {
    std::vector<Request> result;
    for (const xml::Element one : element_.children(ns, name)) result.emplace_back(one);
    return result;
}

std::string element(std::string_view name, std::string_view text) {
    return around(name, xml::escape(text));
}

std::string optional_element(std::string_view name, std::string_view text) {
    return text.empty() ? std::string() : element(name, text);
}

std::string octets_element(std::string_view name, ByteView octets) {
    return around(name, to_base64(octets));
}

std::string around(std::string_view name, const std::string& elements) {
    const std::string tag = "sec:" + std::string(name) + ">";
    return "<" + tag + elements + "</" + tag;
}

std::string answer_envelope(soap::Version version, std::string_view operation, const std::string& elements) {
    const std::string tag = "sec:" + std::string(operation) + "Response";
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<env:Envelope xmlns:env=\"" +
           std::string(soap::namespace_of(version)) + "\"><env:Body><" + tag + " xmlns:sec=\"" +
           std::string(ns) + "\">" + elements + "</" + tag + "></env:Body></env:Envelope>";
}

}  // namespace hutong::gateway::security_service
