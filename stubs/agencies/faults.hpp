// Faults of the sample agencies: the declared fault message in the detail, one bilingual line as the reason.
//
// For service operations: `return reject(soap, company__FaultCode::NotFound, "…")`. The context owns the
// fault.
#pragma once

#include <string>

#include "base/result.hpp"
#include "soapH.h"

namespace hutong::agencies {

int reject(struct soap* context, company__FaultCode code, const std::string& message);
int reject(struct soap* context, statetax__FaultCode code, const std::string& message);
int reject(struct soap* context, localtax__FaultCode code, const std::string& message);
int reject(struct soap* context, orgcode__FaultCode code, const std::string& message);

inline constexpr auto bad_credit_code =
    "统一社会信用代码校验不符 / the credit code does not fit its check characters";

// The database did not answer as it should: the caller is told to try later, stderr is told why.
void report(const Error& error);

template <class FaultCode>
int reject(struct soap* context, const Error& error) {
    report(error);
    return reject(context, FaultCode::TryLater, "系统暂不可用，请稍后再试 / not available now, try later");
}

}  // namespace hutong::agencies
