#include "security/keys/pkcs11/cryptoki.hpp"

#include <algorithm>
#include <cstdio>

namespace hutong::security::pkcs11 {

namespace {

struct Code {
    CK_RV code;
    const char* name;
    bool loss;
};

// Tokens differ in what they say when they are gone; some say no more than that something failed.
constexpr Code codes[] = {
    {CKR_HOST_MEMORY, "CKR_HOST_MEMORY", false},
    {CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", true},
    {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", true},
    {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", true},
    {CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD", false},
    {CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE", false},
    {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", true},
    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", false},
    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", true},
    {CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID", false},
    {CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE", false},
    {CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", false},
    {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", true},
    {CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", false},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", false},
    {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", false},
    {CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", false},
    {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", true},
    {CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", true},
    {CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", false},
    {CKR_PIN_INVALID, "CKR_PIN_INVALID", false},
    {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", false},
    {CKR_PIN_LOCKED, "CKR_PIN_LOCKED", false},
    {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", true},
    {CKR_SESSION_COUNT, "CKR_SESSION_COUNT", false},
    {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", true},
    {CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", false},
    {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", true},
    {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", true},
    {CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", false},
    {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", true},
    {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", false},
    {CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", true},
};

const Code* find(CK_RV code) {
    const auto* const found = std::ranges::find(codes, code, &Code::code);
    return found == std::end(codes) ? nullptr : found;
}

}  // namespace

std::string name_of(CK_RV code) {
    if (const Code* const found = find(code)) return found->name;
    char hex[32] = "";
    std::snprintf(hex, sizeof hex, "return value 0x%lx", code);
    return hex;
}

bool means_loss(CK_RV code) {
    const Code* const found = find(code);
    return found != nullptr && found->loss;
}

}  // namespace hutong::security::pkcs11
