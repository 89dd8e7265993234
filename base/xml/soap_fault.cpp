// Faults as whole envelopes: SOAP 1.1 section 4.4, SOAP 1.2 part 1 section 5.4.
#include "base/xml/soap.hpp"

namespace hutong::soap {

namespace {

struct SideName {
    std::string_view v11;
    std::string_view v12;
};

SideName name_of(FaultCode::Side side) {
    switch (side) {
        case FaultCode::Side::sender:
            return {"Client", "Sender"};
        case FaultCode::Side::receiver:
            return {"Server", "Receiver"};
        case FaultCode::Side::version_mismatch:
            return {"VersionMismatch", "VersionMismatch"};
        case FaultCode::Side::must_understand:
            return {"MustUnderstand", "MustUnderstand"};
    }
    return {"Server", "Receiver"};
}

std::string detail_of(const Fault& fault) {
    if (fault.incident.empty()) return fault.detail;
    return fault.detail + "<ht:incident xmlns:ht=\"" + std::string(ns_hutong) + "\">" +
           xml::escape(fault.incident) + "</ht:incident>";
}

}  // namespace

std::string fault_envelope(Version version, const Fault& fault) {
    const SideName side = name_of(fault.code.side);
    const bool specific = !fault.code.detail_code.local.empty();
    const std::string declaration =
        specific ? " xmlns:fc=\"" + xml::escape(fault.code.detail_code.ns) + "\"" : std::string();
    const std::string specific_name = "fc:" + fault.code.detail_code.local;
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<env:Envelope xmlns:env=\"";
    text.append(namespace_of(version)).append("\"><env:Body><env:Fault").append(declaration).append(">");
    if (version == Version::v11) {
        text.append("<faultcode>").append(specific ? specific_name : "env:" + std::string(side.v11));
        text.append("</faultcode><faultstring xml:lang=\"en\">")
            .append(xml::escape(fault.reason))
            .append("</faultstring>");
        text.append("<detail>").append(detail_of(fault)).append("</detail>");
    } else {
        text.append("<env:Code><env:Value>env:").append(side.v12).append("</env:Value>");
        if (specific)
            text.append("<env:Subcode><env:Value>")
                .append(specific_name)
                .append("</env:Value></env:Subcode>");
        text.append("</env:Code><env:Reason><env:Text xml:lang=\"en\">").append(xml::escape(fault.reason));
        text.append("</env:Text></env:Reason><env:Detail>").append(detail_of(fault)).append("</env:Detail>");
    }
    return text.append("</env:Fault></env:Body></env:Envelope>");
}

int http_status(Version version, const Fault& fault) {
    return version == Version::v12 && fault.code.side == FaultCode::Side::sender ? 400 : 500;
}

}  // namespace hutong::soap
