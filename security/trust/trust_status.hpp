// What OpenSSL's answers to a chain check mean to a trust store. Pure, safe from any thread.
#pragma once

#include "security/trust/trust_store.hpp"

namespace hutong::security {

// `error`: an X509_V_ERR_ code. Whatever is not known means bad constraints.
TrustStatus status_of(int error);

}  // namespace hutong::security
