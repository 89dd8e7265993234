// The namespaces that security policies are written in.
#pragma once

#include <string_view>

namespace hutong::security::wssp::names {

inline constexpr std::string_view wsp15 = "http://www.w3.org/ns/ws-policy";
inline constexpr std::string_view wsp12 = "http://schemas.xmlsoap.org/ws/2004/09/policy";
// WS-SecurityPolicy 1.2 and 1.3 share the first; 1.3 has its additions in the second.
inline constexpr std::string_view sp12 = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702";
inline constexpr std::string_view sp13 = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802";
inline constexpr std::string_view sp_draft = "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200512";
inline constexpr std::string_view sp11 = "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy";

}  // namespace hutong::security::wssp::names
