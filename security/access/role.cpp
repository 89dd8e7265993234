#include "security/access/role.hpp"

namespace hutong::security {

std::string_view to_string(Role role) {
    switch (role) {
        case Role::system:
            return "system";
        case Role::security:
            return "security";
        case Role::auditor:
            return "auditor";
        case Role::registrar:
            return "registrar";
        case Role::publisher:
            return "publisher";
        case Role::approver:
            return "approver";
        case Role::developer:
            return "developer";
    }
    return "?";
}

std::string_view title_of(Role role) {
    switch (role) {
        case Role::system:
            return "system administrator";
        case Role::security:
            return "security officer";
        case Role::auditor:
            return "auditor";
        case Role::registrar:
            return "registry administrator";
        case Role::publisher:
            return "agency publisher";
        case Role::approver:
            return "agency approver";
        case Role::developer:
            return "consumer developer";
    }
    return "?";
}

Result<Role> role_from(std::string_view name) {
    for (const Role role : all_roles)
        if (to_string(role) == name) return role;
    std::string known;
    for (const Role role : all_roles) known += (known.empty() ? "" : ", ") + std::string(to_string(role));
    return invalid("\"" + std::string(name) + "\" is no role: one of " + known);
}

std::string titles_of(Roles roles) {
    std::string all;
    for (const Role role : all_roles)
        if (roles.has(role)) all += (all.empty() ? "" : " or ") + std::string(title_of(role));
    return all;
}

}  // namespace hutong::security
