// What a UDDI request is refused with: the standard error, and a sentence that names the field and says what
// to do.
//
// UDDI v3.0.2 section 4.8 and chapter 12. Values and pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/xml/soap.hpp"

namespace hutong::registry::uddi {

struct ErrorCase {
    int number;
    std::string_view name;
};

namespace failure {
inline constexpr ErrorCase success{0, "E_success"};
inline constexpr ErrorCase unrecognized_version{10040, "E_unrecognizedVersion"};
inline constexpr ErrorCase unsupported{10050, "E_unsupported"};
inline constexpr ErrorCase name_too_long{10020, "E_nameTooLong"};
inline constexpr ErrorCase language{10060, "E_languageError"};
inline constexpr ErrorCase token_expired{10110, "E_authTokenExpired"};
inline constexpr ErrorCase token_required{10120, "E_authTokenRequired"};
inline constexpr ErrorCase user_mismatch{10140, "E_userMismatch"};
inline constexpr ErrorCase unknown_user{10150, "E_unknownUser"};
inline constexpr ErrorCase account_limit{10160, "E_accountLimitExceeded"};
inline constexpr ErrorCase invalid_key{10210, "E_invalidKeyPassed"};
inline constexpr ErrorCase busy{10400, "E_busy"};
inline constexpr ErrorCase fatal{10500, "E_fatalError"};
inline constexpr ErrorCase invalid_value{20200, "E_invalidValue"};
inline constexpr ErrorCase value_not_allowed{20210, "E_valueNotAllowed"};
inline constexpr ErrorCase unvalidatable{20220, "E_unvalidatable"};
inline constexpr ErrorCase invalid_projection{20230, "E_invalidProjection"};
inline constexpr ErrorCase assertion_not_found{30000, "E_assertionNotFound"};
inline constexpr ErrorCase invalid_completion_status{30100, "E_invalidCompletionStatus"};
inline constexpr ErrorCase message_too_large{30110, "E_messageTooLarge"};
inline constexpr ErrorCase invalid_time{40030, "E_invalidTime"};
inline constexpr ErrorCase token_exists{40070, "E_tokenAlreadyExists"};
inline constexpr ErrorCase key_unavailable{40100, "E_keyUnavailable"};
inline constexpr ErrorCase result_set_too_large{40300, "E_resultSetTooLarge"};
inline constexpr ErrorCase invalid_combination{40500, "E_invalidCombination"};
inline constexpr ErrorCase transfer_not_allowed{40600, "E_transferNotAllowed"};
}  // namespace failure

struct Fault {
    ErrorCase error{failure::fatal};
    std::string detail;    // what the caller is told
    std::string key_type;  // "businessKey" …; empty: not about a key
    std::string cause;     // for the log only
    unsigned status{0};    // of HTTP, where it is none of SOAP's: 412, 428 (RFC 9110, RFC 6585)

    Fault() = default;
    Fault(ErrorCase which, std::string told, std::string about = {})
        : error(which), detail(std::move(told)), key_type(std::move(about)) {}
    // Invalid input is the caller's to mend; of what is ours the caller is told that much only.
    Fault(const Error& error);  // NOLINT(google-explicit-constructor): so that Results can be passed on

    bool ours() const { return !cause.empty() || error.number == failure::busy.number; }
};

[[noreturn]] inline void throw_exception_from_error(const Fault& fault, const boost::source_location&) {
    throw Failure(internal(fault.detail));
}

template <class T>
using OrFault = boost::system::result<T, Fault>;

// <dispositionReport>, as text in the UDDI namespace.
std::string disposition_report(const Fault& fault);

// The whole SOAP fault with its dispositionReport.
soap::Fault soap_fault(const Fault& fault);

}  // namespace hutong::registry::uddi
