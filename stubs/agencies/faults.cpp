#include "stubs/agencies/faults.hpp"

#include <cstdio>

namespace hutong::agencies {

namespace {

// Sets the fault in the SOAP version of the request and returns its empty detail.
template <class FaultCode>
SOAP_ENV__Detail& start_fault(struct soap* context, FaultCode code, const std::string& message) {
    const char* reason = soap_strdup(context, message.c_str());
    if (code == FaultCode::TryLater)
        soap_receiver_fault(context, reason, nullptr);
    else
        soap_sender_fault(context, reason, nullptr);
    auto* detail = soap_new_SOAP_ENV__Detail(context);
    (context->version == 2 ? context->fault->SOAP_ENV__Detail : context->fault->detail) = detail;
    return *detail;
}

template <class Fault, class FaultCode>
int finish(struct soap* context, Fault* fault, FaultCode code, const std::string& message) {
    fault->code = code;
    fault->message = message;
    return context->error;
}

}  // namespace

int reject(struct soap* context, company__FaultCode code, const std::string& message) {
    auto* fault = soap_new__company__RegisterFault(context);
    start_fault(context, code, message).company__RegisterFault = fault;
    return finish(context, fault, code, message);
}

int reject(struct soap* context, statetax__FaultCode code, const std::string& message) {
    auto* fault = soap_new__statetax__TaxFault(context);
    start_fault(context, code, message).statetax__TaxFault = fault;
    return finish(context, fault, code, message);
}

int reject(struct soap* context, localtax__FaultCode code, const std::string& message) {
    auto* fault = soap_new__localtax__TaxFault(context);
    start_fault(context, code, message).localtax__TaxFault = fault;
    return finish(context, fault, code, message);
}

int reject(struct soap* context, orgcode__FaultCode code, const std::string& message) {
    auto* fault = soap_new__orgcode__OrganisationFault(context);
    start_fault(context, code, message).orgcode__OrganisationFault = fault;
    return finish(context, fault, code, message);
}

void report(const Error& error) {
    std::fprintf(stderr, "hutong-agencies: %s\n", error.detail.c_str());
}

}  // namespace hutong::agencies
