#include "registry/subscription/listeners.hpp"

#include "base/xml/document.hpp"
#include "base/xml/soap.hpp"
#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr xml::Limits limits{.bytes = 64u << 10, .depth = 32, .attributes = 32, .elements = 1'000};

Error no_confirmation(const std::string& why) {
    return refused("its answer is no confirmation: " + why);
}

}  // namespace

std::string notification_envelope(const std::string& content) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<env:Envelope xmlns:env=\"" +
           std::string(soap::ns11) + "\"><env:Body>" + content + "</env:Body></env:Envelope>";
}

Result<void> read_confirmation(const std::string& envelope) {
    const auto document = xml::parse(envelope, limits);
    if (document.has_error()) return no_confirmation("no XML");
    const xml::Element root = document->root();
    const std::string_view soap_ns = root.ns();
    if ((soap_ns != soap::ns11 && soap_ns != soap::ns12) || root.local() != "Envelope")
        return no_confirmation("no SOAP Envelope");
    const xml::Element body = root.child(soap_ns, "Body");
    if (!body) return no_confirmation("no SOAP Body");
    const xml::Element report = body.first_child();
    if (!report) return {};
    if (!report.is(ns, "dispositionReport"))
        return no_confirmation("something else than a dispositionReport");
    for (const xml::Element result : report.children(ns, "result"))
        if (collapsed(result.attribute("errno").value_or("")) != "0")
            return no_confirmation("a dispositionReport with another errno than 0");
    return {};
}

}  // namespace hutong::registry::uddi
