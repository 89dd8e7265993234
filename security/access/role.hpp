// The roles of accounts, and sets of them: the three officers of a platform (三员分立), whose work nobody
// does alone, the registry administrator, and those who act for an agency.
//
// GB/T 22239 (等级保护) asks for a system administrator (系统管理员), a security officer (安全管理员) and an
// auditor (审计管理员). An agency's account belongs to one organisation for ever (docs/decisions/0033).
// Values; safe anywhere.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hutong::security {

enum class Role : std::uint8_t {
    system = 1,
    security = 2,
    auditor = 4,
    registrar = 8,
    publisher = 16,
    approver = 32,
    developer = 64
};

inline constexpr std::array officer_roles{Role::system, Role::security, Role::auditor};
inline constexpr std::array agency_roles{Role::publisher, Role::approver, Role::developer};
inline constexpr std::array all_roles{Role::system,    Role::security, Role::auditor,  Role::registrar,
                                      Role::publisher, Role::approver, Role::developer};

// Acts for one organisation, and for no other.
constexpr bool is_agencys(Role role) {
    return role == Role::publisher || role == Role::approver || role == Role::developer;
}
// One of the three.
constexpr bool is_officers(Role role) {
    return role == Role::system || role == Role::security || role == Role::auditor;
}

std::string_view to_string(Role role);  // "system", "security", …
std::string_view title_of(Role role);   // as people read it: "security officer"
Result<Role> role_from(std::string_view name);

// Some of them.
class Roles {
  public:
    constexpr Roles() = default;
    constexpr Roles(Role role) : bits_(static_cast<std::uint8_t>(role)) {}
    constexpr bool has(Role role) const { return (bits_ & static_cast<std::uint8_t>(role)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr Roles operator|(Roles other) const {
        return Roles(static_cast<std::uint8_t>(bits_ | other.bits_));
    }
    constexpr bool operator==(const Roles&) const = default;

  private:
    constexpr explicit Roles(std::uint8_t bits) : bits_(bits) {}
    std::uint8_t bits_{0};
};

constexpr Roles operator|(Role a, Role b) {
    return Roles(a) | Roles(b);
}

std::string titles_of(Roles roles);  // "system administrator or security officer"

}  // namespace hutong::security
