#include "registry/model/uddi/fault.hpp"

#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

Fault::Fault(const Error& failed) {
    switch (failed.code) {
        case ErrorCode::invalid:
        case ErrorCode::limit:
        case ErrorCode::refused:
            detail = failed.detail;
            break;
        case ErrorCode::unavailable:
        case ErrorCode::timeout:
            error = failure::busy;
            detail = "The registry cannot be reached at this moment; try again later.";
            cause = failed.detail;
            break;
        default:
            detail = "The registry could not do it; nothing was changed.";
            cause = failed.detail;
    }
}

std::string disposition_report(const Fault& fault) {
    std::string text = "<dispositionReport xmlns=\"" + std::string(ns) + "\"><result";
    if (!fault.key_type.empty()) text += attribute("keyType", fault.key_type);
    text += attribute("errno", std::to_string(fault.error.number)) + "><errInfo" +
            attribute("errCode", fault.error.name) + ">" + xml::escape(fault.detail) +
            "</errInfo></result></dispositionReport>";
    return text;
}

soap::Fault soap_fault(const Fault& fault) {
    using Side = soap::FaultCode::Side;
    soap::Fault told;
    told.code.side = fault.ours() ? Side::receiver : Side::sender;
    told.reason = std::string(fault.error.name) + ": " + fault.detail;
    told.detail = disposition_report(fault);
    return told;
}

}  // namespace hutong::registry::uddi
