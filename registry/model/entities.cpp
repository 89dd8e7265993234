#include "registry/model/entities.hpp"

namespace hutong::registry {

std::string_view to_string(Policy policy) {
    switch (policy) {
        case Policy::plain:
            return "plain";
        case Policy::sign:
            return "sign";
        case Policy::sign_encrypt:
            break;
    }
    return "sign-encrypt";
}
std::string_view to_string(ServiceStatus status) {
    switch (status) {
        case ServiceStatus::draft:
            return "draft";
        case ServiceStatus::submitted:
            return "submitted";
        case ServiceStatus::approved:
            return "approved";
        case ServiceStatus::online:
            return "online";
        case ServiceStatus::deprecated:
            return "deprecated";
        case ServiceStatus::offline:
            break;
    }
    return "offline";
}
std::string_view to_string(Forward forward) {
    switch (forward) {
        case Forward::stripped:
            return "stripped";
        case Forward::unchanged:
            return "unchanged";
        case Forward::re_signed:
            return "re-signed";
    }
    return "stripped";
}
std::string_view to_string(JournalLevel level) {
    switch (level) {
        case JournalLevel::full:
            return "full";
        case JournalLevel::evidence:
            return "evidence";
        case JournalLevel::metadata:
            return "metadata";
        case JournalLevel::none:
            return "none";
    }
    return "full";
}

std::string_view to_string(KeyPurpose purpose) {
    return purpose == KeyPurpose::sign ? "sign" : "decrypt";
}

Result<Policy> policy_from(std::string_view text) {
    if (text == "plain") return Policy::plain;
    if (text == "sign") return Policy::sign;
    if (text == "sign-encrypt") return Policy::sign_encrypt;
    return invalid("policy \"" + std::string(text) + "\" is none of plain, sign, sign-encrypt");
}

Result<ServiceStatus> status_from(std::string_view text) {
    for (const auto status : {ServiceStatus::draft, ServiceStatus::submitted, ServiceStatus::approved,
                              ServiceStatus::online, ServiceStatus::deprecated, ServiceStatus::offline})
        if (text == to_string(status)) return status;
    return invalid("status \"" + std::string(text) +
                   "\" is none of draft, submitted, approved, online, deprecated, offline");
}

Result<JournalLevel> journal_level_from(std::string_view text) {
    for (const auto level :
         {JournalLevel::full, JournalLevel::evidence, JournalLevel::metadata, JournalLevel::none})
        if (text == to_string(level)) return level;
    return invalid("journal level \"" + std::string(text) + "\" is none of full, evidence, metadata, none");
}

Result<KeyPurpose> key_purpose_from(std::string_view text) {
    if (text == "sign") return KeyPurpose::sign;
    if (text == "decrypt") return KeyPurpose::decrypt;
    return invalid("purpose \"" + std::string(text) + "\" is neither sign nor decrypt");
}

Result<Forward> forward_from(std::string_view text) {
    for (const auto forward : {Forward::stripped, Forward::unchanged, Forward::re_signed})
        if (text == to_string(forward)) return forward;
    return invalid("forward \"" + std::string(text) + "\" is none of stripped, unchanged, re-signed");
}

}  // namespace hutong::registry
