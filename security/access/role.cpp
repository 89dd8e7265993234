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
    }
    return "?";
}

Result<Role> role_from(std::string_view name) {
    for (const Role role : all_roles)
        if (to_string(role) == name) return role;
    return invalid("\"" + std::string(name) + "\" is no role: one of system, security, auditor");
}

std::string titles_of(Roles roles) {
    std::string all;
    for (const Role role : all_roles)
        if (roles.has(role)) all += (all.empty() ? "" : " or ") + std::string(title_of(role));
    return all;
}

}  // namespace hutong::security
